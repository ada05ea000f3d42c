import { type AddCommand, action, addCommand, type Run } from '../../command.ts';
import { table } from '../../output/table.ts';
import { relative } from '../../output/times.ts';

export const addLs: AddCommand = (group, around) => {
  addCommand(group, 'ls', { description: 'List the variables.', examples: ['pushpool variable ls'] }).action(
    action(around, ls),
  );
};

const ls: Run<[], object> = async ({ out, client }) => {
  const variables = await (await client()).variables.list();
  const now = new Date();
  await out.result(variables, () =>
    table(
      variables,
      [
        { head: 'name', cell: (variable) => variable.name },
        { head: 'value', cell: (variable) => shortened(variable.value) },
        { head: 'tags', cell: (variable) => variable.tags.join(', ') },
        { head: 'updated', cell: (variable) => relative(variable.updated, now) },
      ],
      'There are no variables. Make one: pushpool variable set NAME VALUE',
    ),
  );
};

function shortened(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 50 ? `${text.slice(0, 49)}…` : text;
}
