import { type AddCommand, action, addCommand, type Run } from '../../../command.ts';
import { findSchedule } from './find.ts';
import { scheduleText } from './text.ts';

export const addPause: AddCommand = (group, around) => {
  addCommand(group, 'pause <flow/name> <id>', {
    description: 'Let a schedule make no runs.',
    examples: ['pushpool deployment schedule pause hello/nightly morning'],
  }).action(action(around, pause));
};

const pause: Run<[string, string], object> = async ({ out, client }, _options, name, idOrSlug) => {
  const api = await client();
  const { deploymentId, fullName, schedule } = await findSchedule(api, name, idOrSlug);
  await api.deployments.updateSchedule(deploymentId, schedule.id, { active: false });
  const changed = { ...schedule, active: false };
  await out.result(
    changed,
    () => `Paused the schedule ${scheduleText({ ...changed, active: true })} of "${fullName}".`,
  );
};
