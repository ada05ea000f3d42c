import { ListSchedulesCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { ListExecutionsCommand, SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { waitUntil } from '../conformance/waiting.ts';
import { clientSettings, stackOutputs } from './aws.ts';
import { call, type PrefectClient, prefectClient } from './client.ts';
import { ENDED, provisionEcsPool, untilState } from './ecs-pool.ts';
import { deniedRequests } from './permissions.ts';

/**
 * Schedules made through the API of the deployed stack, whose next runs wait in Step Functions with a guard of EventBridge
 * Scheduler behind each. The emulator's Scheduler fires on the second,
 * AWS's up to 59 s later; its Step Functions answers the start of a name that was used and stopped with success, where AWS refuses it.
 * About five minutes, all of them waiting.
 */
const POOL = 'clockwork';
const MINUTE = 60_000;
const sfn = new SFNClient(clientSettings());
let client: PrefectClient;
let due: Date;
const runs: Record<string, string> = {};

/** The guard of one repeats by itself (a cron expression), that of the other is set anew for each run. */
const SCHEDULES = {
  repeated: () => ({ cron: `${due.getUTCMinutes()} ${due.getUTCHours()} * * *`, timezone: 'UTC' }),
  'one-shot': () => ({ interval: 7 * 86_400 + 60, anchor_date: due.toISOString(), timezone: 'UTC' }),
};

beforeAll(async () => {
  client = await prefectClient();
  await provisionEcsPool(client, POOL);
  // A guard fires two minutes early, which leaves as much for what comes before.
  due = new Date(Math.ceil(Date.now() / MINUTE) * MINUTE + 4 * MINUTE);
  const { body: flow } = await call('POST', '/flows/', { name: 'clockwork' });
  for (const [name, schedule] of Object.entries(SCHEDULES)) {
    const made = await call('POST', '/deployments/', {
      name,
      flow_id: flow.id,
      work_pool_name: POOL,
      job_variables: { command: "sh -c 'exit 0'" },
      schedules: [{ schedule: schedule(), max_scheduled_runs: 1 }],
    });
    expect(made.status).toBe(201);
    const { body } = await call('POST', '/flow_runs/filter', { deployments: { id: { any_: [made.body.id] } } });
    runs[name] = body[0].id;
  }
  for (const id of Object.values(runs)) await stopTheOne(id);
});
afterAll(() => client?.remove());

async function executionsOf(id: string) {
  const stateMachineArn = stackOutputs().StateMachineArn;
  const { executions = [] } = await sfn.send(new ListExecutionsCommand({ stateMachineArn }));
  return executions.filter(({ name }) => name?.startsWith(id));
}

/** Somebody stops the execution that waits for a run, in the console. */
async function stopTheOne(id: string): Promise<void> {
  const [execution] = await executionsOf(id);
  await sfn.send(new StopExecutionCommand({ executionArn: execution!.executionArn!, cause: 'by hand' }));
}

describe('a schedule of the deployed stack', () => {
  it('has its guard in EventBridge Scheduler', async () => {
    const { Schedules = [] } = await new SchedulerClient(clientSettings()).send(
      new ListSchedulesCommand({ NamePrefix: 'guard-' }),
    );

    expect(Schedules.length).toBeGreaterThanOrEqual(2);
  });

  it.each(Object.keys(SCHEDULES))(
    'starts its run through that guard (%s) when the execution that waited was stopped',
    async (guard) => {
      const id = runs[guard]!;
      // Both runs are due at once: while one is looked at, the other may have come to its end.
      const again = await waitUntil(async () => (await executionsOf(id)).find(({ name }) => name === `${id}-1-2`), {
        seconds: 330,
        what: 'another execution for the run',
        everyMilliseconds: 1000,
      });
      expect(again.startDate!.getTime()).toBeLessThan(due.getTime());

      const run = await untilState(id, ENDED, 330);
      const states = (await call('GET', `/flow_run_states/?flow_run_id=${id}`)).body;
      const pending = states.find(({ type }: { type: string }) => type === 'PENDING');

      expect(run).toMatchObject({ state_type: 'COMPLETED', auto_scheduled: true });
      expect(Date.parse(run.expected_start_time)).toBe(due.getTime());
      expect(Date.parse(pending.timestamp)).toBeGreaterThanOrEqual(due.getTime());
      expect(Date.parse(pending.timestamp)).toBeLessThan(due.getTime() + MINUTE / 2);
    },
    700_000,
  );

  it('needs no permission that a role does not grant', () => {
    expect(deniedRequests(inject('emulatorFolder'))).toEqual([]);
  });
});
