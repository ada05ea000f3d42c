import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { LongRunning } from '../conformance/long-running.ts';
import { FLOWS_FOLDER } from '../conformance/runs.ts';
import { waitUntil } from '../conformance/waiting.ts';
import { call, type PrefectClient, prefectClient } from './client.ts';
import { deniedRequests } from './permissions.ts';

const PROGRAM = path.join(FLOWS_FOLDER, 'background.py');

let client: PrefectClient;
let worker: LongRunning | undefined;
beforeAll(async () => {
  client = await prefectClient();
  worker = await serve();
});
afterAll(async () => {
  await worker?.stop();
  client?.remove();
});

const workers = async (): Promise<{ task_keys: string[] }[]> => (await call('POST', '/task_workers/filter', {})).body;
const state = async (id: string): Promise<string> => (await call('GET', `/task_runs/${id}`)).body.state_type;
const untilAre = (ids: readonly string[], type: string) =>
  waitUntil(async () => (await Promise.all(ids.map(state))).every((found) => found === type), {
    seconds: 90,
    what: `task runs to be ${type}; the worker says:\n${worker?.output()}`,
    everyMilliseconds: 500,
  });

/** A task worker with one place, once it is connected. */
async function serve(): Promise<LongRunning> {
  const started = client.start('python', [PROGRAM, 'serve']);
  await waitUntil(async () => (await workers()).length > 0, {
    seconds: 90,
    what: 'a task worker to be connected',
    everyMilliseconds: 500,
  }).catch((error) => {
    throw new Error(`${error.message}\n${started.output()}`);
  });
  return started;
}

/** Ids of the task runs that were made. */
async function delay(...args: string[]): Promise<string[]> {
  return (await client.run('python', [PROGRAM, ...args])).match(/^[0-9a-f]{8}-[0-9a-f-]{27}$/gm) ?? [];
}

describe.sequential('background tasks on the deployed stack', () => {
  it('run in a real task worker over its socket, and their result comes back', async () => {
    expect(await client.run('python', [PROGRAM, 'ask', '2', '3'])).toContain('result: 5');

    expect((await workers()).map(({ task_keys }) => task_keys.length)).toEqual([2]);
  });

  it('are one at a time between the socket and its acknowledgement; those not acknowledged when it dies go to the next', async () => {
    const file = path.join(client.folder, 'go-on');
    const [running] = await delay('delay-wait', file);
    await untilAre([running!], 'RUNNING');
    // The worker acknowledges one more than it runs, and has the next in its socket.
    const waiting = await delay('delay', '0+1', '1+1', '2+2');
    expect(new Set(await Promise.all(waiting.map(state)))).toEqual(new Set(['SCHEDULED']));

    await worker?.kill();
    await waitUntil(async () => (await workers()).length === 0, {
      seconds: 60,
      what: 'the dead worker to be gone',
      everyMilliseconds: 500,
    });
    writeFileSync(file, '');
    worker = await serve();

    await untilAre(waiting.slice(1), 'COMPLETED');
    expect(await Promise.all([running!, waiting[0]!].map(state))).toEqual(['RUNNING', 'SCHEDULED']);
  });

  it('need no permission that a role does not grant', () => {
    expect(deniedRequests(inject('emulatorFolder'))).toEqual([]);
  });
});
