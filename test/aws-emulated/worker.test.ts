import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { LongRunning } from '../conformance/long-running.ts';
import { waitUntil } from '../conformance/waiting.ts';
import { call, type PrefectClient, prefectClient } from './client.ts';
import { deniedRequests } from './permissions.ts';

const POOL = 'workshop';
let client: PrefectClient;
let worker: LongRunning | undefined;

beforeAll(async () => {
  client = await prefectClient();
  copyFileSync(path.join(import.meta.dirname, 'python/flow.py'), path.join(client.folder, 'flow.py'));
  await client.run('prefect', ['work-pool', 'create', '--type', 'process', POOL]);
  await client.run('prefect', ['--no-prompt', 'deploy', 'flow.py:doubles', '--name', 'aws', '--pool', POOL]);
  worker = client.start('prefect', ['worker', 'start', '--pool', POOL], { PREFECT_WORKER_QUERY_SECONDS: '1' });
});

afterAll(async () => {
  await worker?.stop();
  client?.remove();
});

describe('a flow that a real worker polls from a process pool of the deployed stack', () => {
  it('runs to Completed, with its task runs and its logs', async () => {
    const { body: deployment } = await call('GET', '/deployments/name/doubles/aws');
    const { body: created } = await call('POST', `/deployments/${deployment.id}/create_flow_run`, {});

    const run = await waitUntil(
      async () => {
        const { body } = await call('GET', `/flow_runs/${created.id}`);
        return ['COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED'].includes(body.state_type) && body;
      },
      { seconds: 100, what: `the flow run to end; the worker says:\n${worker?.output()}`, everyMilliseconds: 500 },
    );

    expect({ type: run.state_type, message: run.state.message }).toMatchObject({ type: 'COMPLETED' });
    const ofRun = { flow_runs: { id: { any_: [created.id] } } };
    const names = await waitUntil(
      async () => {
        const { body } = await call('POST', '/task_runs/filter', ofRun);
        const done = body.filter((task: { state_type: string }) => task.state_type === 'COMPLETED');
        return done.length === 3 && done.map((task: { name: string }) => task.name);
      },
      { seconds: 30, what: 'three completed task runs', everyMilliseconds: 500 },
    );
    expect(names.every((name: string) => name.startsWith('double-'))).toBe(true);
    const logs = await call('POST', '/logs/filter', { logs: { flow_run_id: { any_: [created.id] } } });
    expect(logs.body.map((log: { message: string }) => log.message)).toContain('The total is 12');
  });

  it('needs no permission that a role does not grant', () => {
    expect(deniedRequests(inject('emulatorFolder'))).toEqual([]);
  });
});
