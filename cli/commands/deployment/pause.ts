import { type AddCommand, action, addCommand, type Run } from '../../command.ts';
import { findDeployment } from './find.ts';

export const addPause: AddCommand = (group, around) => {
  addCommand(group, 'pause <flow/name>', {
    description: 'Stop the schedules of a deployment: its scheduled runs that have not started are deleted.',
    examples: ['pushpool deployment pause hello/nightly'],
  }).action(action(around, pause));
};

const pause: Run<[string], object> = async ({ out, client }, _options, name) => {
  const api = await client();
  const { deployment, fullName } = await findDeployment(api, name);
  await api.deployments.pause(deployment.id);
  await out.result(await api.deployments.read(deployment.id), () => `Paused deployment "${fullName}".`);
};
