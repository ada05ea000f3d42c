import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { close, ROOT } from '../suites.ts';
import { startGoogle, walkGoogle } from './google-cloud.ts';

/**
 * `npm run test:package`: packs the command line, installs the package in an empty folder and uses it there, on each Node that is
 * found (PUSHPOOL_TEST_NODES lists them, separated by colons). npm needs its registry for what the package depends on.
 */
const folder = mkdtempSync(path.join(tmpdir(), 'pushpool-package-'));
let passed = 0;
const failures: string[] = [];
const nodes = (process.env['PUSHPOOL_TEST_NODES'] ?? `${process.execPath}:/usr/bin/node`).split(':').filter(existsSync);

try {
  const files = pack();
  await check(
    'the package holds the program, its data, the notices and the web page when built, and nothing else',
    () => {
      const program = /^(package\.json|README\.md|dist\/cli\/(data\/)?[^/]+\.(mjs|cjs|json|txt))$/;
      const page = /^dist\/cli\/page\/(index\.html|logo\.svg|assets\/[^/]+\.(js|css|woff2))$/;
      const other = files.filter((file) => !program.test(file) && !page.test(file));
      expectEqual(other, []);
    },
  );
  await check('it installs without scripts of its own and with few packages', () => {
    const manifest = JSON.parse(readFileSync(path.join(folder, 'node_modules/pushpool/package.json'), 'utf8'));
    expectEqual(
      [manifest.scripts.install, manifest.scripts.postinstall, manifest.scripts.preinstall],
      [undefined, undefined, undefined],
    );
    expectEqual(Object.keys(manifest.dependencies), ['dynalite']);
  });
  for (const node of nodes) await useOn(node);
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
close({ passed, failures });

/** Packs and installs; the files in the package. */
function pack(): string[] {
  const [packed] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', folder], ROOT)) as {
    filename: string;
    files: { path: string }[];
  }[];
  if (!packed) throw new Error('npm pack made nothing.');
  writeFileSync(path.join(folder, 'package.json'), '{"private": true}');
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', path.join(folder, packed.filename)], folder);
  return packed.files.map((file) => file.path);
}

async function useOn(node: string): Promise<void> {
  const version = run(node, ['--version'], folder).trim();
  const program = path.join(folder, 'node_modules/.bin/pushpool');
  const data = path.join(folder, `data-${version}`);
  mkdirSync(data);
  const google = await startGoogle();
  writeFileSync(path.join(folder, 'person.json'), google.personsKey());
  const ofGoogle = {
    PUSHPOOL_GOOGLE_ENDPOINT: google.url,
    GOOGLE_APPLICATION_CREDENTIALS: path.join(folder, 'person.json'),
  };
  const home = spawn(node, [program, 'dev', '--port', '0', '--data', data], {
    cwd: folder,
    env: { ...process.env, ...ofGoogle },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  try {
    const apiUrl = await addressOf(home);
    const pushpool = (...args: string[]) => run(node, [program, ...args, '--api-url', apiUrl], folder);
    await check(`${version}: says its version`, () => {
      expectEqual(
        run(node, [program, '--version'], folder).trim(),
        JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')).version,
      );
    });
    await check(`${version}: makes a pool, deploys a program and runs it to Completed`, () => {
      pushpool('work-pool', 'create', 'pool', '--type', 'process:push');
      pushpool('deploy', '-n', 'job', '--pool', 'pool', '--command', "sh -c 'echo packed and running'");
      const watched = pushpool('deployment', 'run', 'job/job', '--watch');
      if (!/packed and running/.test(watched) || !/is Completed/.test(watched)) throw new Error(watched);
    });
    console.log(`  --help in ${secondsOf(() => run(node, [program, '--help'], folder))} s`);
    await check(`${version}: reads a prefect.yaml and lists in columns`, () => {
      writeFileSync(
        path.join(folder, 'some.yaml'),
        'deployments: [{ name: yaml, entrypoint: "flow.py:hello", work_pool: { name: pool }, schedules: [{ cron: "0 5 * * *" }] }]',
      );
      pushpool('deploy', '--all', '--prefect-file', 'some.yaml');
      if (!/^hello\/yaml +pool +ready +0 5 \* \* \*/m.test(pushpool('deployment', 'ls')))
        throw new Error(pushpool('deployment', 'ls'));
    });
    // not `run`: the cloud is played by this process meanwhile
    const inCloud = async (...args: string[]) => {
      const env = { ...environment(), ...ofGoogle };
      const done = await promisify(execFile)(node, [program, ...args, '--api-url', apiUrl], { cwd: folder, env });
      return done.stderr + done.stdout;
    };
    await check(`${version}: provisions Cloud Run, runs a container there and leaves nothing behind`, () =>
      walkGoogle(google, inCloud),
    );
    await check(`${version}: doctor finds no problem`, () => pushpool('doctor'));
  } finally {
    home.kill('SIGTERM');
    await google.close();
    await new Promise((ended) => (home.exitCode === null ? home.once('exit', ended) : ended(null)));
  }
}

/** What `dev` prints once it is ready. Throws with its output when it ends first. */
function addressOf(home: ChildProcess): Promise<string> {
  let output = '';
  return new Promise((resolve, reject) => {
    for (const stream of [home.stdout, home.stderr]) {
      stream?.on('data', (text) => {
        output += text;
        const address = /PREFECT_API_URL=(\S+)/.exec(output)?.[1];
        if (address) resolve(address);
      });
    }
    home.once('exit', (code) => reject(new Error(`pushpool dev ended with ${code}:\n${output}`)));
  });
}

function run(program: string, args: readonly string[], cwd: string): string {
  return execFileSync(program, args, { cwd, env: environment(), encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** PREFECT_HOME: nothing of this machine's settings is read. */
function environment(): NodeJS.ProcessEnv {
  return { ...process.env, HOME: folder, PREFECT_HOME: path.join(folder, 'prefect') };
}

/** The quickest of five: a figure to look at, not a test. */
function secondsOf(work: () => unknown): string {
  const times = Array.from({ length: 5 }, () => {
    const started = performance.now();
    work();
    return performance.now() - started;
  });
  return (Math.min(...times) / 1000).toFixed(2);
}

async function check(rule: string, holds: () => unknown): Promise<void> {
  try {
    await holds();
    passed++;
    console.log(`✓ ${rule}`);
  } catch (error) {
    const { message, stdout, stderr } = error as Error & { stdout?: string; stderr?: string };
    failures.push([rule, message, stdout, stderr].filter(Boolean).join('\n'));
    console.error(`✗ ${rule}`);
  }
}

function expectEqual(found: unknown, expected: unknown): void {
  if (JSON.stringify(found) !== JSON.stringify(expected))
    throw new Error(`${JSON.stringify(found)} is not ${JSON.stringify(expected)}`);
}
