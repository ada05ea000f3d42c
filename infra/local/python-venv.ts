import { execFile } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { TerminalError } from '../../shared/domain/errors.ts';
import { takeLock } from './process-lock.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PYTHONS = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];

/** The real Prefect client, for the demo and for the conformance suite. FastAPI 0.142 breaks the server of this Prefect. */
export const PREFECT = { folder: '.venv-conformance', requirements: ['prefect==3.8.8', 'fastapi<0.142'] };
/** A client from before sockets were authenticated (rule 32). It imports a package that only its dependencies used to bring. */
export const OLDER_PREFECT = {
  folder: '.venv-conformance-older',
  requirements: ['prefect==3.4.25', 'fastapi<0.142', 'importlib_metadata'],
};
/** AWS's APIs as moto plays them, and the Prefect client whose provisioner calls them with boto3. */
export const PROVISIONING = {
  folder: '.venv-provisioning',
  requirements: [...PREFECT.requirements, 'moto[server]==5.2.5', 'boto3==1.44.8'],
};

/** The clouds' own Python clients and Prefect's workers for them, which check the fakes: `node test/fakes/clients/check.ts`. */
export const CLOUD_CLIENTS = {
  folder: '.venv-clouds',
  requirements: [
    ...PREFECT.requirements,
    ...['prefect-aws==0.7.12', 'prefect-gcp==0.6.22', 'prefect-azure==0.4.13'],
    ...['azure-mgmt-containerinstance==10.1.0', 'modal==1.6.4'],
  ],
};

/**
 * Makes a Python environment in the repository's folder with exactly these requirements, once: later calls find it and
 * return in milliseconds, and who calls while another process makes it waits for that. Returns its `bin` folder. Throws a
 * TerminalError that says what to install when Python or the package registry is missing; what was half made then is made
 * again by the next call.
 */
export async function ensureVenv(environment: typeof PREFECT): Promise<string> {
  const venv = path.join(ROOT, environment.folder);
  const bin = path.join(venv, 'bin');
  while (!isMade(venv, environment)) {
    const lock = takeLock(`${venv}.lock`);
    if (!('release' in lock)) {
      await sleep(500);
      continue;
    }
    try {
      if (!isMade(venv, environment)) await make(venv, environment);
    } finally {
      lock.release();
    }
  }
  return bin;
}

const stampOf = (venv: string): string => path.join(venv, '.requirements');

const isMade = (venv: string, { requirements }: typeof PREFECT): boolean =>
  existsSync(stampOf(venv)) && readFileSync(stampOf(venv), 'utf8') === requirements.join('\n');

async function make(venv: string, { folder, requirements }: typeof PREFECT): Promise<void> {
  rmSync(venv, { recursive: true, force: true });
  const python = await findPython();
  console.error(`Installing ${requirements.join(', ')} into ${folder} (once) ...`);
  await run(python, ['-m', 'venv', venv]).catch((cause) => {
    throw new TerminalError(
      'no-venv',
      `${python} cannot make a virtual environment. On Debian: apt-get install python3-venv`,
      { cause },
    );
  });
  const pip = ['-m', 'pip', '--disable-pip-version-check', '--quiet', 'install', '--no-input', ...requirements];
  await run(path.join(venv, 'bin', 'python'), pip, { maxBuffer: 1 << 26 }).catch((cause) => {
    throw new TerminalError(
      'no-registry',
      `pip could not install ${requirements.join(', ')}: it needs its package registry once, later runs do not.\n${lastLines(cause.stderr)}`,
      { cause },
    );
  });
  writeFileSync(stampOf(venv), requirements.join('\n'));
}

/** A Python between 3.10 and 3.13, which both clients support. */
async function findPython(): Promise<string> {
  for (const python of PYTHONS) {
    const version = await run(python, ['-c', 'import sys; print(sys.version_info[0], sys.version_info[1])']).then(
      ({ stdout }) => stdout.trim().split(' ').map(Number),
      // Not on this machine, or a shim without a version behind it: the next name may be.
      () => [],
    );
    const [major = 0, minor = 0] = version;
    if (major === 3 && minor >= 10 && minor <= 13) return python;
  }
  throw new TerminalError(
    'no-python',
    'Prefect needs Python 3.10 to 3.13, and none is on PATH. On Debian: apt-get install python3',
  );
}

function lastLines(text: unknown): string {
  return String(text ?? '')
    .trim()
    .split('\n')
    .slice(-5)
    .join('\n');
}
