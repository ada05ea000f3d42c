import { type AddCommand, action, addCommand, type Run } from '../../../command.ts';
import { table } from '../../../output/table.ts';
import { findDeployment } from '../find.ts';
import { scheduleText } from './text.ts';

export const addLs: AddCommand = (group, around) => {
  addCommand(group, 'ls <flow/name>', {
    description: 'List the schedules of a deployment.',
    examples: ['pushpool deployment schedule ls hello/nightly'],
  }).action(action(around, ls));
};

const ls: Run<[string], object> = async ({ out, client }, _options, name) => {
  const api = await client();
  const { deployment, fullName } = await findDeployment(api, name);
  const schedules = await api.deployments.schedules(deployment.id);
  await out.result(schedules, () =>
    table(
      schedules,
      [
        { head: 'id', cell: ({ id }) => id },
        { head: 'slug', cell: ({ slug }) => slug ?? '-' },
        { head: 'schedule', cell: scheduleText },
        { head: 'active', cell: ({ active }) => (active ? 'yes' : 'no') },
      ],
      `The deployment "${fullName}" has no schedules.`,
    ),
  );
};
