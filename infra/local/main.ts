import { createWriteStream, existsSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createApiKey, listApiKeys } from '../../shared/operations/api-keys.ts';
import { DataFolderInUse } from './data-folder-lock.ts';
import { type Home, OpenToOthers, startHome } from './home.ts';

/** `npm run dev -- --port P --data DIR [--host H] [--key-file F]`: the local home until SIGINT or SIGTERM. */

const LOG_BYTES = 20 * 1024 * 1024;

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: process.env['PUSHPOOL_PORT'] ?? '4200' },
    data: { type: 'string', default: process.env['PUSHPOOL_DATA'] ?? '.pushpool' },
    host: { type: 'string', default: process.env['PUSHPOOL_HOST'] ?? '127.0.0.1' },
    'key-file': { type: 'string' },
  },
});
const dataFolder = resolve(values.data);
const authRequired = /^(1|true|on|yes)$/i.test(process.env['PUSHPOOL_AUTH'] ?? '');

try {
  const log = openLog(dataFolder);
  process.on('unhandledRejection', (reason) => {
    log({
      level: 'ERROR',
      message: 'An error that nobody awaited.',
      error: String((reason as Error)?.stack ?? reason),
    });
  });
  const home = await startHome({
    dataFolder,
    port: Number(values.port),
    host: values.host,
    authRequired,
    log,
    echo: (_flowRunId, text) => process.stdout.write(text),
    onFailure: (error) => {
      console.error(`The embedded database failed: ${error.stack ?? error}`);
      process.exit(1);
    },
  });
  stopOnSignal(home);
  console.log(`pushpool is ready.\n\n  export PREFECT_API_URL=${home.apiUrl}`);
  if (authRequired) {
    const keyFile = resolve(values['key-file'] ?? join(dataFolder, 'admin.key'));
    await makeFirstKey(home, keyFile);
    console.log(`  export PREFECT_API_AUTH_STRING=$(cat ${keyFile})`);
  }
  console.log(`\nData: ${dataFolder}   Log: ${join(dataFolder, 'home.log')}   Stop with Ctrl-C.`);
} catch (error) {
  console.error(whyNot(error));
  process.exit(1);
}

/** Every line goes to DATA/home.log, errors to the terminal as well. The log of the run before last is dropped when it is long. */
function openLog(folder: string): (line: Record<string, unknown>) => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'home.log');
  if (existsSync(path) && statSync(path).size > LOG_BYTES) renameSync(path, `${path}.1`);
  const file = createWriteStream(path, { flags: 'a', mode: 0o600 });
  return (line) => {
    const text = JSON.stringify({ at: new Date().toISOString(), ...line });
    file.write(`${text}\n`);
    if (line['level'] === 'ERROR') console.error(text);
  };
}

/** A home that asks for keys and has none would let nobody in. */
async function makeFirstKey(home: Home, keyFile: string): Promise<void> {
  if ((await listApiKeys(home.app)).length > 0) return;
  const { key } = await createApiKey(home.app, { name: 'admin', role: 'admin' });
  writeFileSync(keyFile, `${key}\n`, { mode: 0o600 });
}

function stopOnSignal(home: Home): void {
  let stopping = false;
  const stop = async () => {
    if (stopping) process.exit(1); // asked twice: at once
    stopping = true;
    await home.close();
    process.exit(0);
  };
  process.on('SIGINT', () => void stop());
  process.on('SIGTERM', () => void stop());
}

function whyNot(error: unknown): string {
  if (error instanceof OpenToOthers || error instanceof DataFolderInUse) return error.message;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return `Port ${values.port} of ${values.host} is in use. Choose another with --port.`;
  if (code === 'EACCES') return `No right to listen on port ${values.port} or to write to ${dataFolder}.`;
  return `The home could not start: ${(error as Error)?.stack ?? error}`;
}
