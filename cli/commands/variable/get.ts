import { type AddCommand, action, addCommand, type Run } from '../../command.ts';

export const addGet: AddCommand = (group, around) => {
  addCommand(group, 'get <name>', {
    description: 'Print the value of a variable.',
    examples: ['pushpool variable get region', 'pushpool variable get region --json'],
  }).action(action(around, get));
};

const get: Run<[string], object> = async ({ out, client }, _options, name) => {
  const variable = await (await client()).variables.read(name);
  await out.result(variable, () =>
    typeof variable.value === 'string' ? variable.value : JSON.stringify(variable.value),
  );
};
