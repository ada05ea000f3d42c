import { confirm } from '../../../ask.ts';
import { type AddCommand, action, addCommand, type Run } from '../../../command.ts';
import { Interrupted } from '../../../errors.ts';
import { findSchedule } from './find.ts';
import { scheduleText } from './text.ts';

export const addDelete: AddCommand = (group, around) => {
  addCommand(group, 'delete <flow/name> <id>', {
    description: 'Delete a schedule with the runs that it made and that have not started.',
    examples: ['pushpool deployment schedule delete hello/nightly morning --yes'],
  })
    .option('-y, --yes', 'do not ask')
    .action(action(around, remove));
};

const remove: Run<[string, string], { readonly yes?: boolean }> = async (context, options, name, idOrSlug) => {
  const client = await context.client();
  const { deploymentId, fullName, schedule } = await findSchedule(client, name, idOrSlug);
  const text = scheduleText(schedule);
  if (!(await confirm(context, `Delete the schedule ${text} of "${fullName}"?`, options))) {
    throw new Interrupted('Nothing was deleted.');
  }
  await client.deployments.deleteSchedule(deploymentId, schedule.id);
  await context.out.result(schedule, () => `Deleted the schedule ${text} of "${fullName}".`);
};
