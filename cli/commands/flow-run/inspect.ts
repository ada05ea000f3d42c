import { absent } from '../../absent.ts';
import { type AddCommand, action, addCommand, type Run } from '../../command.ts';
import { findRun } from './find.ts';
import { showRun } from './show.ts';

export const addInspect: AddCommand = (group, around) => {
  addCommand(group, 'inspect <id>', {
    description: 'Show a flow run, by its id or its name.',
    examples: ['pushpool flow-run inspect witty-otter', 'pushpool flow-run inspect 0199f0c4-… --json'],
  }).action(action(around, inspect));
};

const inspect: Run<[string], object> = async ({ out, client }, _options, idOrName) => {
  const api = await client();
  const run = await findRun(api, idOrName);
  const flow = await api.flows.read(run.flow_id).catch(absent);
  await out.result(run, () => showRun(run, flow?.name ?? null, new Date()));
};
