import { type AddCommand, action, addCommand, type Run } from '../../command.ts';
import { showLimit } from './show.ts';

export const addInspect: AddCommand = (group, around) => {
  addCommand(group, 'inspect <name>', {
    description: 'Show a limit.',
    examples: ['pushpool concurrency-limit inspect database'],
  }).action(action(around, inspect));
};

const inspect: Run<[string], object> = async ({ out, client }, _options, name) => {
  const limit = await (await client()).concurrencyLimits.read(name);
  await out.result(limit, () => showLimit(limit));
};
