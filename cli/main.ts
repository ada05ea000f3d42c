import { PushpoolError } from '../shared/domain/errors.ts';
import { apiKeyCommand } from './api-key.ts';
import { UsageError } from './usage.ts';

const USAGE = `pushpool: Prefect flows on serverless compute

  pushpool api-key create NAME [--role admin|editor|viewer] [--expires-in-days N]   prints the key, once
  pushpool api-key ls                                                              names, roles and ends of all keys
  pushpool api-key revoke NAME

Where: --stack NAME    the stack in AWS, with the credentials of the AWS account (default: pushpool)
       --data FOLDER   the data folder of a local home that is not running
`;

/** `pushpool <command> …`. Results go to standard output, everything else to standard error; 2 is a wrong call, 1 a failure. */
async function main([command, ...args]: readonly string[]): Promise<number> {
  if (command === undefined || command === 'help' || command === '--help') {
    console.log(USAGE);
    return command === undefined ? 2 : 0;
  }
  try {
    if (command !== 'api-key') throw new UsageError(`There is no command "${command}".`);
    await apiKeyCommand(args);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`${error.message}\n\n${USAGE}`);
      return 2;
    }
    console.error(error instanceof PushpoolError || error instanceof Error ? error.message : String(error));
    return 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
