import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { BUILT_PAGE } from './web-page.ts';

const UI = path.dirname(BUILT_PAGE);
const SOURCES = ['src', 'build', 'public', 'index.html', 'vite.config.ts', 'package-lock.json'];

/** Whether the page is not built, or was built from other sources than those that are there. */
export function pageIsStale(): boolean {
  const built = path.join(BUILT_PAGE, 'index.html');
  return !existsSync(built) || SOURCES.some((source) => newest(path.join(UI, source)) > statSync(built).mtimeMs);
}

/**
 * Builds the web page beside what runs, with the least claim on the processor: a minute and 300 MB of packages the first time.
 * The page that is there stays until the new one is whole. Resolves to whether it was built; what npm and Vite say goes to the log.
 */
export async function buildPage(logFile: string, signal: AbortSignal): Promise<boolean> {
  mkdirSync(path.dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  const fresh = path.join(UI, 'node_modules', '.page');
  const steps = [
    ...(packagesAreThere() ? [] : ['ci --no-audit --no-fund --loglevel=error']),
    `run build -- --outDir ${JSON.stringify(fresh)} --emptyOutDir`,
  ];
  for (const step of steps) {
    if (!(await npm(step, log, signal))) return false;
  }
  rmSync(BUILT_PAGE, { recursive: true, force: true });
  renameSync(fresh, BUILT_PAGE);
  return true;
}

function npm(step: string, log: number, signal: AbortSignal): Promise<boolean> {
  const nice = process.platform === 'win32' ? '' : 'nice -n 10 ';
  const child = spawn(`${nice}npm --prefix "${UI}" ${step}`, { shell: true, stdio: ['ignore', log, log], signal });
  return new Promise((resolve) => {
    child.on('error', () => resolve(false)); // npm is not there, or the home is stopping
    child.on('exit', (code) => resolve(code === 0));
  });
}

function packagesAreThere(): boolean {
  const installed = path.join(UI, 'node_modules', '.package-lock.json');
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(path.join(UI, 'package-lock.json')).mtimeMs;
}

/** When anything in it was last written. */
function newest(place: string): number {
  const { mtimeMs } = statSync(place);
  if (!statSync(place).isDirectory()) return mtimeMs;
  return Math.max(mtimeMs, ...readdirSync(place).map((name) => newest(path.join(place, name))));
}
