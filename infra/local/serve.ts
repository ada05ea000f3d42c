import { createWriteStream, existsSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createApiKey, listApiKeys } from '../../shared/operations/access/api-keys.ts';
import { DataFolderInUse } from './data-folder-lock.ts';
import { DataFolderOutdated } from './database.ts';
import { type Home, OpenToOthers, startHome } from './home.ts';

const LOG_BYTES = 20 * 1024 * 1024;

export interface ServeOptions {
  readonly dataFolder: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly host: string;
  readonly authRequired: boolean;
  /** Where the first key is written. @default admin.key in the data folder */
  readonly keyFile?: string;
  /** What people wait for, and the output of jobs with `stream_output`. */
  readonly print: (text: string) => void;
  readonly warn: (text: string) => void;
}

/** The home could not start; the message says why and what to do. */
export class CannotServe extends Error {
  override readonly name = 'CannotServe';
}

/** The local home in this process until `signal`; a second signal ends the process at once. Throws `CannotServe`. */
export async function serveUntil(signal: AbortSignal, options: ServeOptions): Promise<void> {
  const home = await start(options).catch((error: unknown) => {
    throw new CannotServe(whyNot(error, options), { cause: error });
  });
  await new Promise<void>((done) => {
    if (signal.aborted) done();
    signal.addEventListener('abort', () => done(), { once: true });
  });
  await home.close();
}

async function start(options: ServeOptions): Promise<Home> {
  const { dataFolder, port, host, authRequired, print, warn } = options;
  const log = openLog(dataFolder, warn);
  process.on('unhandledRejection', (reason) => {
    log({
      level: 'ERROR',
      message: 'An error that nobody awaited.',
      error: String((reason as Error)?.stack ?? reason),
    });
  });
  const home = await startHome({
    dataFolder,
    port,
    host,
    authRequired,
    log,
    echo: (_flowRunId, text) => print(text),
    onFailure: (error) => {
      warn(`The embedded database failed: ${error.stack ?? error}`);
      process.exit(1);
    },
  });
  print(`pushpool is ready.\n\n  export PREFECT_API_URL=${home.apiUrl}`);
  if (authRequired) {
    const keyFile = options.keyFile ?? join(dataFolder, 'admin.key');
    await makeFirstKey(home, keyFile);
    print(`  export PREFECT_API_AUTH_STRING=$(cat ${keyFile})`);
  }
  print(`\nData: ${dataFolder}   Log: ${join(dataFolder, 'home.log')}   Stop with Ctrl-C.`);
  return home;
}

/** Every line goes to DATA/home.log, errors to the terminal as well. The log of the run before last is dropped when it is long. */
function openLog(folder: string, warn: (text: string) => void): (line: Record<string, unknown>) => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'home.log');
  if (existsSync(path) && statSync(path).size > LOG_BYTES) renameSync(path, `${path}.1`);
  const file = createWriteStream(path, { flags: 'a', mode: 0o600 });
  return (line) => {
    const text = JSON.stringify({ at: new Date().toISOString(), ...line });
    file.write(`${text}\n`);
    if (line['level'] === 'ERROR') warn(text);
  };
}

/** A home that asks for keys and has none would let nobody in. */
async function makeFirstKey(home: Home, keyFile: string): Promise<void> {
  if ((await listApiKeys(home.app)).length > 0) return;
  const { key } = await createApiKey(home.app, { name: 'admin', role: 'admin' });
  writeFileSync(keyFile, `${key}\n`, { mode: 0o600 });
}

function whyNot(error: unknown, { port, host, dataFolder }: ServeOptions): string {
  if ([OpenToOthers, DataFolderInUse, DataFolderOutdated].some((known) => error instanceof known)) {
    return (error as Error).message;
  }
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return `Port ${port} of ${host} is in use. Choose another with --port.`;
  if (code === 'EACCES') return `No right to listen on port ${port} or to write to ${dataFolder}.`;
  return `The home could not start: ${(error as Error)?.stack ?? error}`;
}
