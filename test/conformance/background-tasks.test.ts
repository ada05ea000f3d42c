import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureVenv, PREFECT } from '../../infra/local/python-venv.ts';
import { type LocalHome, startLocalHome } from './local-home.ts';
import type { LongRunning } from './long-running.ts';
import { FLOWS_FOLDER } from './runs.ts';
import { waitUntil } from './waiting.ts';

const PROGRAM = path.join(FLOWS_FOLDER, 'background.py');

let home: LocalHome;
let first: LongRunning;
beforeAll(async () => {
  home = await startLocalHome({ bin: await ensureVenv(PREFECT), auth: true });
  first = await serve();
});
afterAll(() => home?.stop());

describe.sequential('background tasks of the real client', () => {
  it('run in a task worker, and their result comes back', async () => {
    const output = await home.python([PROGRAM, 'ask', '2', '3']);

    expect(output).toContain('result: 5');
    const { body } = await home.call('POST', '/task_workers/filter', {});
    expect(body.map(({ task_keys }: { task_keys: string[] }) => task_keys.length)).toEqual([2]);
  });

  it('outlive the worker that was sent them and the home; those not acknowledged go to the next worker', async () => {
    const file = path.join(path.dirname(home.clientEnv['PREFECT_HOME']!), 'go-on');
    const [running, started] = await delay('delay-wait', file, file);
    await waitUntil(async () => (await state(running!)) === 'RUNNING', { seconds: 60, what: 'the first task to run' });
    // The worker acknowledges one more than it runs, and has the next in its socket.
    const waiting = await delay('delay', '1+1', '2+2');
    expect(await Promise.all([started!, ...waiting].map(state))).toEqual(['SCHEDULED', 'SCHEDULED', 'SCHEDULED']);

    await first.kill();
    await home.killAndRestart();
    writeFileSync(file, '');
    const second = await serve();

    await waitUntil(async () => (await Promise.all(waiting.map(state))).every((type) => type === 'COMPLETED'), {
      seconds: 60,
      what: 'the waiting tasks to complete',
    });
    expect(await Promise.all([running!, started!].map(state))).toEqual(['RUNNING', 'SCHEDULED']);
    await second.stop();
  });
});

async function serve(): Promise<LongRunning> {
  const worker = home.start('python', [PROGRAM, 'serve']);
  await waitUntil(async () => (await home.call('POST', '/task_workers/filter', {})).body.length > 0, {
    seconds: 90,
    what: 'a task worker to be connected',
  }).catch((error) => {
    throw new Error(`${error.message}\n${worker.output()}`);
  });
  return worker;
}

/** Ids of the task runs that were made. */
async function delay(...args: string[]): Promise<string[]> {
  return (await home.python([PROGRAM, ...args])).match(/^[0-9a-f]{8}-[0-9a-f-]{27}$/gm) ?? [];
}

const state = async (id: string): Promise<string> => (await home.call('GET', `/task_runs/${id}`)).body.state_type;
