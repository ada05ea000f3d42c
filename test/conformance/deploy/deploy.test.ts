import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureVenv, PREFECT } from '../../../infra/local/python-venv.ts';
import { type CommandLineAtHome, startCommandLine } from '../../cli/command-line.ts';
import { differences, Normaliser } from '../differential/normalise.ts';
import { KNOWN, ONLY_OURS, REFUSED_BY_BOTH } from './known-differences.ts';

const FILES = path.join(import.meta.dirname, 'files');
/** In the order of their names: a file `…-again` changes what another made. */
const NAMES = readdirSync(FILES)
  .filter((name) => name.endsWith('.yaml'))
  .sort((a, b) => Number(a.includes('-again')) - Number(b.includes('-again')));
const SMALL = { ...ONLY_OURS, ...REFUSED_BY_BOTH };
const ENV = { PP_STAGE: 'prod', PP_POOL: 'other', PP_FILE: 'work.py', PP_CRON: '5 4 * * *' };

interface Deployed {
  readonly exitCodes: ReadonlyMap<string, number>;
  /** By `flow/name`, with the automations of each. */
  readonly deployments: Readonly<Record<string, Record<string, unknown>>>;
}

/** Each has a home of its own and deploys from the same folder. */
let folder: string;
const homes: CommandLineAtHome[] = [];
let theirs: Deployed;
let ours: Deployed;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'pushpool-deploy-'));
  cpSync(FILES, folder, { recursive: true });
  for (const [index, text] of Object.keys(SMALL).entries())
    writeFileSync(path.join(folder, `small-${index}.yaml`), text);
  const files = [...NAMES, ...Object.keys(SMALL).map((_, index) => `small-${index}.yaml`)];
  homes.push(...(await Promise.all([startCommandLine(), startCommandLine()])));
  await Promise.all(homes.map(prepare));
  const [one, other] = homes as [CommandLineAtHome, CommandLineAtHome];
  theirs = await snapshot(one, await deployedByPrefect(one, files));
  ours = await snapshot(other, await deployedByPushpool(other, files));
});
afterAll(async () => {
  await Promise.all(homes.map((home) => home.close()));
  rmSync(folder, { recursive: true, force: true });
});

/** What the files name. */
async function prepare(cli: CommandLineAtHome): Promise<void> {
  const variables = {
    ...{ team: 'data', zone: 'Europe/Berlin', on: true, number: 3, tags: ['one', 'two'] },
    settings: { region: 'eu', sizes: [1, 2.5], nothing: null, flag: false },
  };
  for (const pool of ['local', 'other']) await cli.json('work-pool', 'create', pool, '-t', 'process:push');
  for (const [name, value] of Object.entries(variables)) await cli.json('variable', 'set', name, JSON.stringify(value));
  for (const field of ['token=hush', 'settings={"a": [1, true, null]}']) {
    const [name, value] = field.split('=') as [string, string];
    await cli.json('block', 'create', '-t', 'secret', '-n', name, '--field', `value=${value}`);
  }
}

/** `prefect deploy --all` of each file, in one process. */
async function deployedByPrefect(cli: CommandLineAtHome, files: readonly string[]): Promise<number[]> {
  const bin = await ensureVenv(PREFECT);
  const commands = files.map((file) => ['deploy', '--all', '--prefect-file', file]);
  const program = path.join(import.meta.dirname, '../cli/commands.py');
  const { stdout } = await promisify(execFile)(path.join(bin, 'python'), [program, JSON.stringify(commands)], {
    cwd: folder,
    maxBuffer: 1 << 26,
    env: {
      ...{ PATH: `${bin}:${process.env['PATH']}`, HOME: cli.folder, DO_NOT_TRACK: '1', ...ENV },
      PREFECT_API_URL: cli.home.apiUrl,
      // no certificates are read for each of its clients, which is most of its time
      PREFECT_API_TLS_INSECURE_SKIP_VERIFY: 'true',
    },
  });
  const line = stdout.split('\n').find((text) => text.startsWith('RESULTS '))!;
  return (JSON.parse(line.slice('RESULTS '.length)) as { exit: number }[]).map(({ exit }) => exit);
}

async function deployedByPushpool(cli: CommandLineAtHome, files: readonly string[]): Promise<number[]> {
  const codes: number[] = [];
  for (const file of files)
    codes.push((await cli.run(['deploy', '--all', '--prefect-file', file], { cwd: folder, env: ENV })).exitCode);
  return codes;
}

// biome-ignore lint/suspicious/noExplicitAny: entities are whatever JSON the API sends
type Entity = any;

async function snapshot(cli: CommandLineAtHome, codes: readonly number[]): Promise<Deployed> {
  const all = async (what: string): Promise<Entity[]> => {
    const options = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
    return (await fetch(`${cli.home.apiUrl}/${what}/filter`, options)).json() as Promise<Entity[]>;
  };
  const [flows, deployments, automations] = await Promise.all(['flows', 'deployments', 'automations'].map(all));
  const flowNames = new Map(flows!.map(({ id, name }) => [id, name]));
  const text = (value: unknown) => JSON.stringify(value);
  const whole = deployments!.map(({ flow_id, schedules, ...deployment }) => [
    `${flowNames.get(flow_id)}/${deployment.name}`,
    {
      ...deployment,
      schedules: schedules
        .map(({ schedule, slug, active, parameters, max_scheduled_runs }: Entity) => {
          return { schedule, slug, active, parameters, max_scheduled_runs };
        })
        .map((schedule: Entity) => new Normaliser().normalise(schedule))
        .sort((a: Entity, b: Entity) => (text(a) < text(b) ? -1 : 1)),
      automations: automations!
        .filter(({ actions }) => actions[0].deployment_id === deployment.id)
        .map(({ id: _, created: _created, updated: _updated, ...automation }) => automation)
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    },
  ]);
  const sorted = Object.fromEntries(whole.sort(([a], [b]) => (a < b ? -1 : 1)));
  const names = [...NAMES, ...Object.keys(SMALL)];
  return {
    exitCodes: new Map(names.map((name, index) => [name, codes[index]!])),
    deployments: new Normaliser().normalise(sorted) as Deployed['deployments'],
  };
}

describe('a prefect.yaml that `prefect deploy` and `pushpool deploy` are given', () => {
  it.each(NAMES)('%s is deployed by both', (name) => {
    expect([theirs.exitCodes.get(name), ours.exitCodes.get(name)]).toEqual([0, 0]);
  });

  it('makes the same deployments, but for what is known', () => {
    const named = new Set([...Object.keys(theirs.deployments), ...Object.keys(ours.deployments)]);
    const found = [...named]
      .filter((name) => !name.endsWith('/small'))
      .flatMap((name) => differences(theirs.deployments[name], ours.deployments[name], name));
    const unknown = found.filter(({ pointer }) => !Object.hasOwn(KNOWN, pointer));

    expect(unknown).toEqual([]);
    // one that is no longer found goes from the list
    expect(found.map(({ pointer }) => pointer).sort()).toEqual(Object.keys(KNOWN).sort());
    expect(named.size).toBeGreaterThan(25);
  });

  it.each(Object.entries(ONLY_OURS))('which Prefect refuses and we take: %s, as %s', (text) => {
    expect(theirs.exitCodes.get(text)).not.toBe(0);
    expect(ours.exitCodes.get(text)).toBe(0);
  });

  it.each(Object.entries(REFUSED_BY_BOTH))('that is refused by both: %s, as %s', (text) => {
    expect(theirs.exitCodes.get(text)).not.toBe(0);
    expect(ours.exitCodes.get(text)).not.toBe(0);
  });
});
