import { copyFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DescribeTasksCommand, ECSClient } from '@aws-sdk/client-ecs';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DeleteScheduleCommand, ListSchedulesCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { DescribeExecutionCommand, SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { waitUntil } from '../conformance/waiting.ts';
import { clientSettings, stackOutputs } from './aws.ts';
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
  for (const name of ['doubles', 'endless']) {
    await client.run('prefect', ['--no-prompt', 'deploy', `flow.py:${name}`, '--name', 'ecs', '--pool', POOL]);
  }
});

afterAll(() => client?.remove());

async function run(deployment: string, body: object = {}): Promise<string> {
  const { body: found } = await call('GET', `/deployments/name/${deployment}`);
  return (await call('POST', `/deployments/${found.id}/create_flow_run`, body)).body.id;
}

const untilSubmitted = (id: string) =>
  waitUntil(async () => (await call('GET', `/flow_runs/${id}`)).body.infrastructure_pid !== null, {
    seconds: 60,
    what: 'its task',
    everyMilliseconds: 500,
  });

/** Nobody looks at the containers of a pool any more. */
async function loseWatches(): Promise<void> {
  const scheduler = new SchedulerClient(clientSettings());
  const { Schedules = [] } = await scheduler.send(new ListSchedulesCommand({ NamePrefix: 'watch-' }));
  expect(Schedules).not.toEqual([]);
  for (const { Name, GroupName } of Schedules) await scheduler.send(new DeleteScheduleCommand({ Name, GroupName }));
}

/**
 * The emulator's events of ECS do not say by whom a task was started, as those of AWS do and the deployed rule asks for: once the task
 * has stopped, the whole event is put on the bus.
 */
async function tellOfItsEnd(id: string): Promise<void> {
  const ecs = new ECSClient(clientSettings());
  const [cluster, task] = (await call('GET', `/flow_runs/${id}`)).body.infrastructure_pid.split('::');
  const stopped = await waitUntil(
    async () => {
      const { tasks: [found] = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: [task] }));
      return found?.lastStatus === 'STOPPED' && found;
    },
    { seconds: 60, what: 'its task to stop', everyMilliseconds: 500 },
  );
  await put('aws.ecs', 'ECS Task State Change', stopped);
}

async function put(Source: string, DetailType: string, detail: object): Promise<void> {
  const event = { Source, DetailType, Detail: JSON.stringify(detail) };
  const { FailedEntryCount } = await new EventBridgeClient(clientSettings()).send(
    new PutEventsCommand({ Entries: [event] }),
  );
  expect(FailedEntryCount).toBe(0);
}

/** Somebody stops the first execution of a run in the console. The emulator puts no event of it on the bus, as AWS does. */
async function stopExecutionOf(id: string): Promise<void> {
  const { StateMachineArn } = stackOutputs();
  const sfn = new SFNClient(clientSettings());
  const executionArn = `${StateMachineArn.replace(':stateMachine:', ':execution:')}:${id}-1-1`;
  await sfn.send(new StopExecutionCommand({ executionArn, cause: 'by hand' }));
  const stopped = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  const { name, status, stateMachineArn, input, startDate, stopDate } = stopped;
  const times = { startDate: startDate!.getTime(), stopDate: stopDate!.getTime() };
  const detail = { executionArn, stateMachineArn, name, status, input, ...times, inputDetails: { included: true } };
  await put('aws.states', 'Step Functions Execution Status Change', detail);
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
    await untilSubmitted(id);

    await call('POST', `/flow_runs/${id}/set_state`, { state: { type: 'CANCELLING' } });

    expect(await untilState(id, ENDED)).toMatchObject({ state_type: 'CANCELLED' });
  });

  it('crashes with its last lines when what executes it is killed', async () => {
    const started = path.join(client.folder, 'started');
    const killed = `prefect flow-run execute & until [ -e ${started} ]; do sleep 1; done; kill -9 $!; echo it was killed; exit 7`;
    const job_variables = { command: `sh -c '${killed}'`, env: { STARTED: started } };
    const ended = await untilState(await run('endless/ecs', { job_variables }), ENDED);

    expect(ended).toMatchObject({
      state_type: 'CRASHED',
      state: { message: expect.stringMatching(/exit code 7.*it was killed/s) },
    });
  });

  it('goes on in another execution when somebody stops its own, running or waiting for a slot', async () => {
    await call('PATCH', `/work_pools/${POOL}`, { concurrency_limit: 1 });
    const file = path.join(client.folder, 'go-on');
    const command = `sh -c 'until [ -e ${file} ]; do sleep 1; done'`;
    const runs = await run('doubles/ecs', { job_variables: { command } });
    await untilSubmitted(runs);
    const waits = await run('doubles/ecs', { job_variables: { command: "sh -c 'exit 0'" } });
    await waitUntil(async () => (await call('GET', `/flow_runs/${waits}`)).body.state_name === 'Late', {
      seconds: 60,
      what: 'the second run to wait for the slot of the first',
      everyMilliseconds: 500,
    });

    for (const id of [waits, runs]) await stopExecutionOf(id);
    writeFileSync(file, '');

    for (const id of [runs, waits]) expect(await untilState(id, ENDED)).toMatchObject({ state_type: 'COMPLETED' });
    await call('PATCH', `/work_pools/${POOL}`, { concurrency_limit: null });
  }, 300_000);

  it('is seen to end by the event of its task, when its pool’s watch is lost', async () => {
    const id = await run('doubles/ecs', { job_variables: { command: "sh -c 'sleep 5; exit 3'" } });
    await untilSubmitted(id);
    await loseWatches();

    await tellOfItsEnd(id);

    expect(await untilState(id, ENDED, 60)).toMatchObject({ state_type: 'FAILED' });
  });

  it('needs no permission that a role does not grant', () => {
    expect(deniedRequests(inject('emulatorFolder'))).toEqual([]);
  });
});
