import { spawn } from 'node:child_process';
import path from 'node:path';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { type GoogleCloud, startGoogleCloud } from '../fakes/google-cloud.ts';
import { type CommandLineAtHome, startCommandLine } from './command-line.ts';

let google: GoogleCloud;
let cli: CommandLineAtHome;
afterEach(async () => {
  await cli.close();
  await google.close();
});

/**
 * A command at a real terminal (util-linux' `script` plays it), with answers typed as soon as their questions are there. What the
 * terminal showed, without its control sequences.
 */
async function atTerminal(args: readonly string[], env: Record<string, string>, answers: readonly [RegExp, string][]) {
  const main = path.join(import.meta.dirname, '../../cli/main.ts');
  const words = [process.execPath, main, ...args].map((word) => `'${word}'`).join(' ');
  const command = `stty cols 200 rows 50; exec ${words}`;
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    cwd: cli.folder,
    env: { PATH: process.env['PATH'], HOME: cli.folder, TERM: 'xterm', ...env },
  });
  let shown = '';
  let read = 0;
  const left = [...answers];
  child.stdout.on('data', (data) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what they are made of
    shown += String(data).replaceAll(/\x1b\[[0-9;?]*[A-Za-z]/g, '');
    const [next] = left;
    if (!next?.[0].test(shown.slice(read))) return;
    read = shown.length;
    left.shift();
    child.stdin.write(next[1]);
  });
  onTestFinished(() => void child.kill());
  const exitCode = await new Promise<number | null>((done) => child.once('close', done));
  return { exitCode, shown, unasked: left.map(([question]) => question.source) };
}

describe('somebody at a terminal', () => {
  it.skipIf(process.platform !== 'linux')(
    'is shown what will be made under the names that were chosen, and declines: nothing is made',
    {
      timeout: 60_000,
    },
    async () => {
      google = await startGoogleCloud();
      cli = await startCommandLine({ google: google.url });
      await cli.json('work-pool', 'create', 'my-pool', '--type', 'cloud-run-v2:push');
      const env = {
        PREFECT_API_URL: cli.home.apiUrl,
        PUSHPOOL_GOOGLE_ENDPOINT: google.url,
        GOOGLE_APPLICATION_CREDENTIALS: cli.write('person.json', google.personsKey()),
      };

      const { exitCode, shown, unasked } = await atTerminal(['work-pool', 'provision-infra', 'my-pool'], env, [
        [/customize the resource names.*\?/, 'y\r'],
        [/a name for the service account\b/, '\r'],
        [/a name for the service account that jobs run as/, '\r'],
        [/a name for the GCP credentials block/, '\r'],
        // the whole line is taken back first
        [/a name for the Artifact Registry repository/, '\x15flows\r'],
        [/Proceed with infrastructure provisioning\?/, 'n\r'],
      ]);

      expect(unasked, shown).toEqual([]);
      expect(exitCode, shown).toBe(0);
      expect(shown).toContain('Creating an Artifact Registry repository in us-central1: flows');
      expect(shown).toContain('Nothing was changed.');
      expect(google.account.faults.changes).toEqual([]);
    },
  );
});
