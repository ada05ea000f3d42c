import path from 'node:path';
import { type Command, Option } from 'commander';
import type { Context } from '../../context.ts';
import type { OpenedHome } from '../../home.ts';

/** Which home's table is opened itself, instead of asking the API. */
export interface WhereOptions {
  readonly stack?: string;
  readonly data?: string;
}

export function addWhereOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--stack <name>', 'open this stack with AWS credentials, as without an API key').conflicts('data'),
    )
    .option('--data <folder>', 'the data folder of a local home that is not running');
}

/** Opens the home, and closes it whatever happens. */
export async function withHome<Result>(
  { cwd }: Pick<Context, 'cwd'>,
  where: WhereOptions,
  use: (home: OpenedHome) => Promise<Result>,
): Promise<Result> {
  const { openHome } = await import('../../home.ts');
  const home = await openHome({ ...where, ...(where.data !== undefined && { data: path.resolve(cwd, where.data) }) });
  try {
    return await use(home);
  } finally {
    await home.close();
  }
}
