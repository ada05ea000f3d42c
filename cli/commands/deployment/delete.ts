import { confirm } from '../../ask.ts';
import { type AddCommand, action, addCommand, type Run } from '../../command.ts';
import { Interrupted } from '../../errors.ts';
import { findDeployment } from './find.ts';

export const addDelete: AddCommand = (group, around) => {
  addCommand(group, 'delete <flow/name>', {
    description: 'Delete a deployment with its schedules and the runs that they made and that have not started.',
    examples: ['pushpool deployment delete hello/nightly --yes'],
  })
    .option('-y, --yes', 'do not ask')
    .action(action(around, remove));
};

const remove: Run<[string], { readonly yes?: boolean }> = async (context, options, name) => {
  const client = await context.client();
  const { deployment, fullName } = await findDeployment(client, name);
  if (!(await confirm(context, `Delete the deployment "${fullName}"?`, options))) {
    throw new Interrupted('Nothing was deleted.');
  }
  await client.deployments.delete(deployment.id);
  await context.out.result(deployment, () => `Deleted deployment "${fullName}".`);
};
