import { confirm } from '../../ask.ts';
import { type AddCommand, action, addCommand, type Run } from '../../command.ts';
import { Interrupted } from '../../errors.ts';

export const addDelete: AddCommand = (group, around) => {
  addCommand(group, 'delete <name>', {
    description: 'Delete a limit; runs that wait for it go on.',
    examples: ['pushpool concurrency-limit delete database --yes'],
  })
    .option('-y, --yes', 'do not ask')
    .action(action(around, remove));
};

const remove: Run<[string], { readonly yes?: boolean }> = async (context, options, name) => {
  const { concurrencyLimits } = await context.client();
  const limit = await concurrencyLimits.read(name);
  if (!(await confirm(context, `Delete the concurrency limit "${name}"?`, options))) {
    throw new Interrupted('Nothing was deleted.');
  }
  await concurrencyLimits.delete(name);
  await context.out.result(limit, () => `Deleted concurrency limit "${name}".`);
};
