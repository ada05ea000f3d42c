import { type AddCommand, action, addCommand, type Run } from '../../command.ts';
import { addWhereOptions, type WhereOptions, withHome } from './where.ts';

export const addRevoke: AddCommand = (group, around) => {
  const command = addCommand(group, 'revoke <name>', {
    description: 'Let a key be refused from now on.',
    examples: ['pushpool api-key revoke ci'],
  });
  addWhereOptions(command).action(action(around, revoke));
};

const revoke: Run<[string], WhereOptions> = async (context, options, name) => {
  const { revokeApiKey } = await import('../../../shared/operations/api-keys.ts');
  await withHome(context, options, async (home) => {
    await revokeApiKey(home, name);
    await context.out.result({ name, revoked: true }, () => `Key "${name}" in ${home.place} is refused from now on.`);
  });
};
