import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { runCommandLine } from '../../cli/run.ts';
import { waitUntil } from '../conformance/waiting.ts';
import { call, type PrefectClient, prefectClient } from './client.ts';
import { deniedRequests } from './permissions.ts';

const POOL = 'fargate';
const ENDED = ['COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED'];
let client: PrefectClient;

beforeAll(async () => {
  client = await prefectClient();
  copyFileSync(path.join(import.meta.dirname, 'python/flow.py'), path.join(client.folder, 'flow.py'));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: inject('awsEndpoint'),
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  const said = await pushpool(
    'work-pool',
    'create',
    POOL,
    '-t',
    'ecs:push',
    '--provision-infra',
    '--region',
    'us-east-1',
  );
  if (said.exitCode !== 0) throw new Error(said.text);
  // The emulator runs the command of any image as a process of this machine, where `prefect` is on its path.
  await client.run('prefect', ['--no-prompt', 'deploy', 'flow.py:doubles', '--name', 'ecs', '--pool', POOL]);
});

afterAll(() => client?.remove());

/** Our own command line, as the operator runs it. */
async function pushpool(...args: string[]): Promise<{ exitCode: number; text: string }> {
  let text = '';
  const sink = {
    write: (part: string) => {
      text += part;
    },
  };
  const around = {
    stdout: sink,
    stderr: sink,
    env: client.env,
    cwd: client.folder,
    signal: new AbortController().signal,
  };
  return { exitCode: await runCommandLine(args, { ...around, interactive: false }), text };
}

async function run(deployment: string, body: object = {}): Promise<string> {
  const { body: found } = await call('GET', `/deployments/name/${deployment}`);
  return (await call('POST', `/deployments/${found.id}/create_flow_run`, body)).body.id;
}

const until = (id: string, states: readonly string[]) =>
  waitUntil(
    async () => {
      const { body } = await call('GET', `/flow_runs/${id}`);
      return states.includes(body.state_type) && body;
    },
    { seconds: 150, what: `the flow run to be ${states.join(' or ')}`, everyMilliseconds: 500 },
  );

describe('a flow pushed to ECS by the deployed stack, in a cluster that the command line provisioned', () => {
  it('runs to Completed, with its task runs and its logs', async () => {
    const id = await run('doubles/ecs');
    const ended = await until(id, ENDED);

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
    const ended = await until(id, ENDED);

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

    expect(await until(id, ENDED)).toMatchObject({ state_type: 'CANCELLED' });
  });

  it('needs no permission that a role does not grant', () => {
    expect(deniedRequests(inject('emulatorFolder'))).toEqual([]);
  });
});
