import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { call } from './push-pool.ts';

const PROGRAM = join(import.meta.dirname, 'home-process.ts');
const LIVES = 8;

describe('a home that is killed with kill -9', () => {
  let folder: string;
  let started: string;
  let child: ChildProcess | null;
  /** Runs whose creation was answered. */
  const created: string[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pushpool-test-'));
    started = join(folder, 'started');
  });
  afterEach(async () => {
    await kill();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    created.length = 0;
  });

  /** A new life on the folder; `ready` answers with the API's address. */
  function live(): { ready: Promise<string> } {
    const process = fork(PROGRAM, [join(folder, 'data')], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    child = process;
    const ready = new Promise<string>((resolve) => {
      process.on('message', (message: { apiUrl?: string; created?: string }) => {
        if (message.apiUrl) resolve(message.apiUrl);
        if (message.created) created.push(message.created);
      });
    });
    return { ready };
  }

  async function kill(): Promise<void> {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  const lines = () => (existsSync(started) ? readFileSync(started, 'utf8').split('\n').filter(Boolean) : []);
  const notes = (seconds: number) => `sh -c 'echo $PREFECT__FLOW_RUN_ID >> ${started}; sleep ${seconds}; exit 0'`;

  it('loses no run and starts none twice, wherever it is killed', async () => {
    const kinds = [
      { command: notes(0), dueInSeconds: 0 },
      { command: notes(0.4), dueInSeconds: 0 },
      { command: notes(2), dueInSeconds: 0 },
      { command: notes(0), dueInSeconds: 1 },
      { command: notes(0.2), dueInSeconds: 5 },
    ];

    for (let lives = 0; lives < LIVES; lives++) {
      const { ready } = live();
      if (lives % 4 === 3) {
        await sleep(Math.random() * 800); // while it starts
      } else {
        await ready;
        for (const kind of kinds) child?.send(kind, () => {});
        await sleep(Math.random() * 1500);
      }
      await kill();
    }
    const apiUrl = await live().ready;
    const states = await settled(apiUrl);

    expect(created.length).toBeGreaterThan(0);
    expect(states).toEqual(Object.fromEntries(created.map((id) => [id, 'COMPLETED'])));
    const counted = lines();
    expect(counted.filter((id, index) => counted.indexOf(id) !== index)).toEqual([]); // none twice
    expect(created.filter((id) => !counted.includes(id))).toEqual([]); // none lost
  }, 300_000);

  it('goes on with a run whose command ended while no home was there', async () => {
    await live().ready;
    child?.send({ command: notes(0.5), dueInSeconds: 0 });
    for (let waited = 0; lines().length === 0 && waited < 10_000; waited += 20) await sleep(20);
    await kill();
    await sleep(1000);

    const apiUrl = await live().ready;

    expect(Object.values(await settled(apiUrl))).toEqual(['COMPLETED']);
    expect(lines()).toHaveLength(1);
  }, 200_000);

  /** The states of all runs whose creation was answered, once none of them moves any more. */
  async function settled(apiUrl: string): Promise<Record<string, string>> {
    const states: Record<string, string> = {};
    for (const deadline = Date.now() + 150_000; Date.now() < deadline; await sleep(200)) {
      for (const id of created) {
        if (states[id] !== 'COMPLETED') states[id] = (await call(apiUrl, 'GET', `/flow_runs/${id}`)).body.state_type;
      }
      if (Object.values(states).every((state) => ['COMPLETED', 'FAILED', 'CRASHED'].includes(state))) break;
    }
    return states;
  }
});
