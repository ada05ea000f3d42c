import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { buildPage, pageIsStale } from './build-page.ts';
import { runDemo } from './demo.ts';
import { ensureVenv, PREFECT } from './python-venv.ts';

/** `npm start [-- --port P --data DIR]`: the local home, a first flow run through a push work pool, and then the home goes on serving. */

const { values } = parseArgs({ options: { port: { type: 'string' }, data: { type: 'string' } } });
const data = path.resolve(values.data ?? process.env['PUSHPOOL_DATA'] ?? '.pushpool');
const port = values.port ?? process.env['PUSHPOOL_PORT'] ?? String(await freePort(4200));

const bin = await ensureVenv(PREFECT).catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
const searchPath = `${bin}${path.delimiter}${process.env['PATH']}`;
const main = path.join(import.meta.dirname, 'main.ts');
const home = spawn(process.execPath, [main, '--port', port, '--data', data], {
  stdio: 'inherit',
  // Flow runs find this Prefect, as they would find the one of their image.
  env: { ...process.env, PATH: searchPath },
});
home.on('exit', (code) => process.exit(process.exitCode ?? code ?? 1));
const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    ending.abort();
    home.kill(signal);
  });
}

const apiUrl = `http://127.0.0.1:${port}/api`;
await answering(`${apiUrl}/health`);
const keyFile = path.join(data, 'admin.key');
const key = process.env['PUSHPOOL_AUTH'] && existsSync(keyFile) ? readFileSync(keyFile, 'utf8').trim() : null;
if (pageIsStale() && process.env['PUSHPOOL_PAGE'] !== '0') void showPage();
try {
  await runDemo({ apiUrl, key, bin, prefectHome: path.join(data, 'prefect') });
} catch (error) {
  console.error(`The demo failed: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
  home.kill('SIGTERM');
}

/** The web page takes a minute to build in a fresh clone: the demo does not wait for it. */
async function showPage(): Promise<void> {
  const log = path.join(data, 'page.log');
  console.log(`The web page is being built, once and in the background (${log}). PUSHPOOL_PAGE=0 leaves it out.`);
  const built = await buildPage(log, ending.signal);
  if (ending.signal.aborted) return;
  if (built) console.log(`The web page is ready: http://127.0.0.1:${port}/`);
  else console.error(`The web page could not be built; the API does not need it. What happened is in ${log}.`);
}

/** The wanted port, or any other when somebody listens there. */
async function freePort(wanted: number): Promise<number> {
  const server = createServer();
  const listening = (port: number) =>
    new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
  if (!(await listening(wanted))) await listening(0);
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function answering(url: string): Promise<void> {
  for (;;) {
    const answers = await fetch(url).then(
      (answer) => answer.ok,
      () => false, // not listening yet; should it never, its exit ends this process as well
    );
    if (answers) return;
    await sleep(100);
  }
}
