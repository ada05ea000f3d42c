import { confirm } from '../../ask.ts';
import { type AddCommand, action, addCommand, type Run } from '../../command.ts';
import { Interrupted } from '../../errors.ts';

interface Options {
  readonly yes?: boolean;
}

export const addDelete: AddCommand = (group, around) => {
  addCommand(group, 'delete <name>', {
    description: 'Delete a work pool with its queues; its deployments stay and have no pool.',
    examples: ['pushpool work-pool delete my-pool --yes'],
  })
    .option('-y, --yes', 'do not ask')
    .action(action(around, remove));
};

const remove: Run<[string], Options> = async (context, options, name) => {
  const { workPools } = await context.client();
  const pool = await workPools.read(name);
  if (!(await confirm(context, `Delete the work pool "${name}" and its queues?`, options))) {
    throw new Interrupted('Nothing was deleted.');
  }
  await workPools.delete(name);
  await context.out.result(pool, () => `Deleted work pool "${name}".`);
};
