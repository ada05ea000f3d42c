import path from 'node:path';
import { type AddCommand, action, addCommand, type Run } from '../command.ts';
import { Failure } from '../errors.ts';
import { readInteger } from '../files.ts';

interface Options {
  readonly port: string;
  readonly data: string;
  readonly host: string;
  readonly auth?: boolean;
  readonly keyFile?: string;
}

export const addDevCommand: AddCommand = (program, around) => {
  const { env } = around;
  addCommand(program, 'dev', {
    description: 'Run a home on this machine until Ctrl-C: the same program as in AWS, over a folder.',
    examples: ['pushpool dev', 'pushpool dev --port 0 --data /var/lib/pushpool', 'pushpool dev --auth --host 0.0.0.0'],
  })
    .option('--port <n>', '0 takes any free port', env['PUSHPOOL_PORT'] ?? '4200')
    .option('--data <folder>', 'everything that is kept', env['PUSHPOOL_DATA'] ?? '.pushpool')
    .option('--host <address>', 'where to listen', env['PUSHPOOL_HOST'] ?? '127.0.0.1')
    .option('--auth', 'ask for API keys; the first one is written to a file')
    .option('--key-file <file>', 'that file (default: admin.key in the data folder)')
    .action(action(around, dev));
};

const dev: Run<[], Options> = async (context, options) => {
  const port = readInteger(options.port, '--port', 0);
  const { serveUntil } = await import('../../infra/local/serve.ts');
  const { cwd, env, signal, out } = context;
  await serveUntil(signal, {
    port,
    host: options.host,
    authRequired: options.auth ?? /^(1|true|on|yes)$/i.test(env['PUSHPOOL_AUTH'] ?? ''),
    dataFolder: path.resolve(cwd, options.data),
    ...(options.keyFile !== undefined && { keyFile: path.resolve(cwd, options.keyFile) }),
    print: (text) => out.line(text, () => text),
    warn: out.note,
  }).catch((error: unknown) => {
    throw new Failure((error as Error).message, { cause: error });
  });
};
