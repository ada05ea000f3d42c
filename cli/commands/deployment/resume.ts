import { type AddCommand, action, addCommand, type Run } from '../../command.ts';
import { findDeployment } from './find.ts';

export const addResume: AddCommand = (group, around) => {
  addCommand(group, 'resume <flow/name>', {
    description: 'Let the schedules of a paused deployment go on.',
    examples: ['pushpool deployment resume hello/nightly'],
  }).action(action(around, resume));
};

const resume: Run<[string], object> = async ({ out, client }, _options, name) => {
  const api = await client();
  const { deployment, fullName } = await findDeployment(api, name);
  await api.deployments.resume(deployment.id);
  await out.result(await api.deployments.read(deployment.id), () => `Resumed deployment "${fullName}".`);
};
