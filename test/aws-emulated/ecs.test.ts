import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { waitUntil } from '../conformance/waiting.ts';
import { call, type PrefectClient, prefectClient } from './client.ts';
import { ENDED, provisionEcsPool, untilState } from './ecs-pool.ts';
import { deniedRequests } from './permissions.ts';

const POOL = 'fargate';
let client: PrefectClient;

beforeAll(async () => {
  client = await prefectClient();
  copyFileSync(path.join(import.meta.dirname, 'python/flow.py'), path.join(client.folder, 'flow.py'));
  await provisionEcsPool(client, POOL);
  // The emulator runs the command of any image as a process of this machine, where `prefect` is on its path.
  await client.run('prefect', ['--no-prompt', 'deploy', 'flow.py:doubles', '--name', 'ecs', '--pool', POOL]);
});

afterAll(() => client?.remove());

async function run(deployment: string, body: object = {}): Promise<string> {
  const { body: found } = await call('GET', `/deployments/name/${deployment}`);
  return (await call('POST', `/deployments/${found.id}/create_flow_run`, body)).body.id;
}

describe('a flow pushed to ECS by the deployed stack, in a cluster that the command line provisioned', () => {
  it('runs to Completed, with its task runs and its logs', async () => {
    const id = await run('doubles/ecs');
    const ended = await untilState(id, ENDED);

    expect({ type: ended.state_type, message: ended.state.message }).toMatchObject({ type: 'COMPLETED' });
    await waitUntil(
      async () => {
        const logs = await call('POST', '/logs/filter', { logs: { flow_run_id: { any_: [id] } } });
        const tasks = await call('POST', '/task_runs/filter', { flow_runs: { id: { any_: [id] } } });
        const messages = logs.body.map((log: { message: string }) => log.message);
        return tasks.body.length === 3 && messages.includes('The total is 12');
      },
      { seconds: 60, what: 'its three task runs and its last log line', everyMilliseconds: 500 },
    );
  });

  it('is Failed by the exit code of a container without Prefect, which the message names', async () => {
    const id = await run('doubles/ecs', { job_variables: { command: "sh -c 'echo what went wrong; exit 3'" } });
    const ended = await untilState(id, ENDED);

    expect(ended).toMatchObject({ state_type: 'FAILED', state: { message: expect.stringContaining('3') } });
  });

  it('is cancelled in mid-run', async () => {
    const id = await run('doubles/ecs', { job_variables: { command: 'sleep 600' } });
    await waitUntil(async () => (await call('GET', `/flow_runs/${id}`)).body.infrastructure_pid !== null, {
      seconds: 60,
      what: 'its task',
      everyMilliseconds: 500,
    });

    await call('POST', `/flow_runs/${id}/set_state`, { state: { type: 'CANCELLING' } });

    expect(await untilState(id, ENDED)).toMatchObject({ state_type: 'CANCELLED' });
  });

  it('needs no permission that a role does not grant', () => {
    expect(deniedRequests(inject('emulatorFolder'))).toEqual([]);
  });
});
