import { type AddCommand, action, addCommand, type Run } from '../../command.ts';
import { findDeployment } from './find.ts';
import { showDeployment } from './show.ts';

export const addInspect: AddCommand = (group, around) => {
  addCommand(group, 'inspect <flow/name>', {
    description: 'Show a deployment, by FLOW/NAME or its id.',
    examples: ['pushpool deployment inspect hello/nightly', 'pushpool deployment inspect hello/nightly --json'],
  }).action(action(around, inspect));
};

const inspect: Run<[string], object> = async ({ out, client }, _options, name) => {
  const found = await findDeployment(await client(), name);
  await out.result(found.deployment, () => showDeployment(found));
};
