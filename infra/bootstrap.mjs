// The one file that runs before anything is installed, on Node 20 or later: it brings node_modules to what
// package-lock.json says and then becomes the script it is given, on the Node of the `node` package.
//   node infra/bootstrap.mjs infra/local/start.ts [arguments]
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Whether everything the lock file names is there in that version; what is optional may be absent on this machine. */
function isInstalled() {
  const installed = path.join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const present = JSON.parse(readFileSync(installed, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(wanted).every(
    ([name, { version, optional, devOptional }]) =>
      name === '' || optional || devOptional || present[name]?.version === version,
  );
}

const [script, ...rest] = process.argv.slice(2);
if (script === undefined) throw new Error('Name the script to run.');

if (!isInstalled()) {
  console.error('Installing what package-lock.json names (npm ci) ...');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    console.error('The packages could not be installed: npm needs its registry once, later runs do not.');
    process.exit(1);
  }
}

const file = path.resolve(root, script);
if (Number(process.versions.node.split('.')[0]) >= 24) {
  process.argv.splice(1, 2, file);
  await import(pathToFileURL(file).href);
} else {
  const node = path.join(root, 'node_modules', 'node', 'bin', 'node');
  const child = spawn(node, [file, ...rest], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}
