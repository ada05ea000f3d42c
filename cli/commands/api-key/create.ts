import { Option } from 'commander';
import type { ApiKey } from '../../../shared/domain/api-key.ts';
import { type AddCommand, action, addCommand, type Run } from '../../command.ts';
import { UsageError } from '../../errors.ts';
import { readInteger } from '../../files.ts';
import { withKeys } from './keys.ts';
import { addWhereOptions, type WhereOptions } from './where.ts';

interface Options extends WhereOptions {
  readonly name?: string;
  readonly role: ApiKey['role'];
  readonly expiresInDays?: string;
}

export const addCreate: AddCommand = (group, around) => {
  const command = addCommand(group, 'create [name]', {
    description: 'Make a key and print it, once.',
    examples: [
      'pushpool api-key create --name me --role admin',
      'pushpool api-key create ci --role editor --expires-in-days 90 --stack pushpool',
      'export PREFECT_API_KEY=$(pushpool api-key create laptop)',
    ],
  })
    .option('--name <name>', 'the name of the key')
    .addOption(
      new Option('--role <role>', 'viewers read, editors deploy and run, admins do all')
        .choices(['admin', 'editor', 'viewer'])
        .default('editor'),
    )
    .option('--expires-in-days <n>', 'the key has an end');
  addWhereOptions(command).action(action(around, create));
};

const create: Run<[string | undefined], Options> = async (context, options, argument) => {
  const name = nameOf(argument, options.name);
  const days = options.expiresInDays;
  const expiresInDays = days === undefined ? null : readInteger(days, '--expires-in-days', 1);
  await withKeys(context, options, async (keys) => {
    const made = await keys.create({ name, role: options.role, expiresInDays });
    context.out.note(`Key "${made.name}" with the role ${made.role} in ${keys.place}. It is not shown again:`);
    await context.out.result(made, () => made.key);
  });
};

function nameOf(argument: string | undefined, option: string | undefined): string {
  const name = argument ?? option;
  if (name === undefined || name === '') throw new UsageError('Name the key: pushpool api-key create me');
  if (argument !== undefined && option !== undefined && argument !== option) {
    throw new UsageError(`Is it "${argument}" or "${option}"? Name the key once.`);
  }
  return name;
}
