import { type AddCommand, action, addCommand, type Run } from '../../../command.ts';
import { findSchedule } from './find.ts';
import { scheduleText } from './text.ts';

export const addResume: AddCommand = (group, around) => {
  addCommand(group, 'resume <flow/name> <id>', {
    description: 'Let a paused schedule make runs again.',
    examples: ['pushpool deployment schedule resume hello/nightly morning'],
  }).action(action(around, resume));
};

const resume: Run<[string, string], object> = async ({ out, client }, _options, name, idOrSlug) => {
  const api = await client();
  const { deploymentId, fullName, schedule } = await findSchedule(api, name, idOrSlug);
  await api.deployments.updateSchedule(deploymentId, schedule.id, { active: true });
  const changed = { ...schedule, active: true };
  await out.result(
    changed,
    () => `Resumed the schedule ${scheduleText({ ...changed, active: true })} of "${fullName}".`,
  );
};
