import { confirm } from '../../ask.ts';
import { type AddCommand, action, addCommand, type Run } from '../../command.ts';
import { Interrupted } from '../../errors.ts';

export const addDelete: AddCommand = (group, around) => {
  addCommand(group, 'delete <name>', {
    description: 'Delete a variable.',
    examples: ['pushpool variable delete region --yes'],
  })
    .option('-y, --yes', 'do not ask')
    .action(action(around, remove));
};

const remove: Run<[string], { readonly yes?: boolean }> = async (context, options, name) => {
  const { variables } = await context.client();
  const variable = await variables.read(name);
  if (!(await confirm(context, `Delete the variable "${name}"?`, options))) {
    throw new Interrupted('Nothing was deleted.');
  }
  await variables.delete(name);
  await context.out.result(variable, () => `Deleted variable "${name}".`);
};
