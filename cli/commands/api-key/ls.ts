import type { ApiKey } from '../../../shared/domain/api-key.ts';
import { type AddCommand, action, addCommand, type Run } from '../../command.ts';
import { table } from '../../output/table.ts';
import { relative } from '../../output/times.ts';
import { withKeys } from './keys.ts';
import { addWhereOptions, type WhereOptions } from './where.ts';

export const addLs: AddCommand = (group, around) => {
  const command = addCommand(group, 'ls', {
    description: 'List the keys: names, roles and ends.',
    examples: ['pushpool api-key ls', 'pushpool api-key ls --data .pushpool'],
  });
  addWhereOptions(command).action(action(around, ls));
};

const ls: Run<[], WhereOptions> = async (context, options) => {
  const keys = await withKeys(context, options, (home) => home.list());
  const now = new Date();
  await context.out.result(keys, () =>
    table(
      keys,
      [
        { head: 'name', cell: ({ name }) => name },
        { head: 'role', cell: ({ role }) => role },
        { head: 'created', cell: ({ created }) => relative(created, now) },
        { head: 'end', cell: (key) => endOf(key, now) },
      ],
      'There are no keys. Make one: pushpool api-key create me --role admin',
    ),
  );
};

function endOf(key: Pick<ApiKey, 'revoked' | 'expires'>, now: Date): string {
  if (key.revoked) return `revoked ${relative(key.revoked, now)}`;
  if (!key.expires) return 'none';
  return `${Date.parse(key.expires) < now.getTime() ? 'expired' : 'expires'} ${relative(key.expires, now)}`;
}
