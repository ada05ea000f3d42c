import { type AddCommand, action, addCommand, type Run } from '../../command.ts';
import { withKeys } from './keys.ts';
import { addWhereOptions, type WhereOptions } from './where.ts';

export const addRevoke: AddCommand = (group, around) => {
  const command = addCommand(group, 'revoke <name>', {
    description: 'Let a key be refused from now on.',
    examples: ['pushpool api-key revoke ci'],
  });
  addWhereOptions(command).action(action(around, revoke));
};

const revoke: Run<[string], WhereOptions> = async (context, options, name) => {
  await withKeys(context, options, async (keys) => {
    await keys.revoke(name);
    await context.out.result({ name, revoked: true }, () => `Key "${name}" in ${keys.place} is refused from now on.`);
  });
};
