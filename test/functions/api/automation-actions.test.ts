import { v7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { timerFired } from '../../../shared/lifecycle/timer-fired.ts';
import type { TimerEvent } from '../../../shared/operations/events/timer-events.ts';
import { repairAll } from '../../../shared/operations/repair.ts';
import { type TestApp, testApp } from '../../test-app.ts';

const GONE = '00000000-0000-4000-8000-000000000000';

let home: TestApp;
let ids: { deployment: string; pool: string; queue: string; run: string; automation: string };
beforeEach(async () => {
  home = await testApp();
  const pool = await made('POST', '/work_pools/', { name: 'p', type: 'process' });
  const queue = await made('POST', '/work_pools/p/queues', { name: 'q' });
  const flow = await made('POST', '/flows/', { name: 'shop' });
  const deployment = await made('POST', '/deployments/', { name: 'daily', flow_id: flow.id, work_pool_name: 'p' });
  const run = await made('POST', `/deployments/${deployment.id}/create_flow_run`, {});
  const automation = await automate({ type: 'do-nothing' }, ['never']);
  ids = { deployment: deployment.id, pool: pool.id, queue: queue.id, run: run.id, automation };
});
afterEach(() => home.close());

// biome-ignore lint/suspicious/noExplicitAny: answers are whatever JSON the API sends
async function made(method: string, path: string, body?: object): Promise<any> {
  const answer = await home.call(method, path, body);
  expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBeLessThan(300);
  return answer.body;
}

async function automate(action: object, expected = ['order.placed'], more: object = {}): Promise<string> {
  const trigger = { type: 'event', posture: 'Reactive', expect: expected, threshold: 1, within: 0, ...more };
  return (await made('POST', '/automations/', { name: 'a', trigger, actions: [action] })).id;
}

/** Lets every timer of automations that is due fire, and those that are due then. */
async function settle(): Promise<void> {
  for (let round = 0; round < 30; round++) {
    const due = [...home.timers].filter(
      ([name, timer]) => timer.at <= home.app.clock.now() && name.startsWith('firing-'),
    );
    if (due.length === 0) return;
    for (const [name, timer] of due) {
      home.timers.delete(name);
      await timerFired(home.app, timer.payload as unknown as TimerEvent);
    }
  }
  throw new Error('Timers go on for ever.');
}

/** Something happens that involves the thing: it is the subject of the event. */
async function happens(kind: keyof typeof ids): Promise<void> {
  const subject = {
    deployment: 'deployment',
    pool: 'work-pool',
    queue: 'work-queue',
    run: 'flow-run',
    automation: 'automation',
  };
  const resource = { 'prefect.resource.id': `prefect.${subject[kind]}.${ids[kind]}` };
  const event = { id: v7(), occurred: home.app.clock.now().toISOString(), event: 'order.placed', resource };
  await made('POST', '/events', [event] as unknown as object);
  home.advance(1);
  await settle();
}

async function outcomes(): Promise<string[]> {
  const filter = { event: { prefix: ['prefect.automation.action.executed', 'prefect.automation.action.failed'] } };
  const { events } = await made('POST', '/events/filter', { filter: { ...filter, order: 'ASC' } });
  return events.map(({ event, payload }: { event: string; payload: { action_type: string; reason?: string } }) =>
    [payload.action_type, event.split('.').at(-1), ...(payload.reason ? [payload.reason] : [])].join(' '),
  );
}

const run = () => made('GET', `/flow_runs/${ids.run}`);
const setState = (type: string, more: object = {}) =>
  made('POST', `/flow_runs/${ids.run}/set_state`, { state: { type, ...more }, force: true });

describe('an action', () => {
  it.each(['inferred', 'selected'])('pauses and resumes a deployment that is %s', async (source) => {
    const chosen = source === 'selected' ? { deployment_id: ids.deployment } : {};
    const id = await automate({ type: 'pause-deployment', source, ...chosen });
    await happens('deployment');
    expect((await made('GET', `/deployments/${ids.deployment}`)).paused).toBe(true);

    await home.call('DELETE', `/automations/${id}`);
    await automate({ type: 'resume-deployment', source, ...chosen });
    await happens('deployment');

    expect((await made('GET', `/deployments/${ids.deployment}`)).paused).toBe(false);
    expect(await outcomes()).toEqual(['pause-deployment executed', 'resume-deployment executed']);
  });

  it.each(['inferred', 'selected'])('pauses and resumes a work pool that is %s', async (source) => {
    const chosen = source === 'selected' ? { work_pool_id: ids.pool } : {};
    const id = await automate({ type: 'pause-work-pool', source, ...chosen });
    await happens('pool');
    expect((await made('GET', '/work_pools/p')).status).toBe('PAUSED');

    await home.call('DELETE', `/automations/${id}`);
    await automate({ type: 'resume-work-pool', source, ...chosen });
    await happens('pool');

    expect((await made('GET', '/work_pools/p')).is_paused).toBe(false);
  });

  it.each(['inferred', 'selected'])('pauses and resumes a work queue that is %s', async (source) => {
    const chosen = source === 'selected' ? { work_queue_id: ids.queue } : {};
    const id = await automate({ type: 'pause-work-queue', source, ...chosen });
    await happens('queue');
    expect((await made('GET', `/work_queues/${ids.queue}`)).is_paused).toBe(true);

    await home.call('DELETE', `/automations/${id}`);
    await automate({ type: 'resume-work-queue', source, ...chosen });
    await happens('queue');

    expect((await made('GET', `/work_queues/${ids.queue}`)).is_paused).toBe(false);
  });

  it.each(['inferred', 'selected'])('pauses and resumes an automation that is %s', async (source) => {
    const chosen = source === 'selected' ? { automation_id: ids.automation } : {};
    const id = await automate({ type: 'pause-automation', source, ...chosen });
    await happens('automation');
    expect((await made('GET', `/automations/${ids.automation}`)).enabled).toBe(false);

    await home.call('DELETE', `/automations/${id}`);
    await automate({ type: 'resume-automation', source, ...chosen });
    await happens('automation');

    expect((await made('GET', `/automations/${ids.automation}`)).enabled).toBe(true);
  });

  it('cancels a flow run', async () => {
    await setState('RUNNING');
    const id = await automate({ type: 'cancel-flow-run' });

    await happens('run');

    expect((await run()).state).toMatchObject({ type: 'CANCELLING', message: `Cancelled by Automation ${id}` });
  });

  it('suspends a flow run for an hour, and resumes one', async () => {
    await setState('RUNNING');
    const id = await automate({ type: 'suspend-flow-run' });
    await happens('run');
    expect((await run()).state).toMatchObject({ name: 'Suspended', state_details: { pause_reschedule: true } });

    await home.call('DELETE', `/automations/${id}`);
    await automate({ type: 'resume-flow-run' });
    await happens('run');

    expect((await run()).state).toMatchObject({ type: 'SCHEDULED', name: 'Resuming' });
  });

  it('changes the state of a flow run, by its rules or by force', async () => {
    const id = await automate({ type: 'change-flow-run-state', state: 'PAUSED', message: 'wait' });
    await happens('run');
    expect((await run()).state_type).toBe('SCHEDULED');

    await home.call('DELETE', `/automations/${id}`);
    await automate({ type: 'change-flow-run-state', state: 'FAILED', name: 'Doubtful', force: true });
    await happens('run');

    expect((await run()).state).toMatchObject({ type: 'FAILED', name: 'Doubtful' });
    expect((await outcomes()).map((outcome) => outcome.split(' ')[1])).toEqual(['failed', 'executed']);
  });

  it('deletes a flow run', async () => {
    await automate({ type: 'delete-flow-run' });

    await happens('run');

    expect((await home.call('GET', `/flow_runs/${ids.run}`)).status).toBe(404);
  });

  it('makes a run whose creator is the automation, also in the events of the run', async () => {
    const id = await automate({ type: 'run-deployment', source: 'selected', deployment_id: ids.deployment });
    await happens('run');

    const creator = { id, type: 'AUTOMATION', display_value: 'a' };
    const flow_runs = { deployment_id: { any_: [ids.deployment] } };
    const runs = await made('POST', '/flow_runs/filter', { flow_runs });
    const mine = runs.find(({ created_by }: { created_by: unknown }) => created_by !== null);
    expect(mine.created_by).toEqual(creator);
    const filter = { resource: { id: [`prefect.flow-run.${mine.id}`] } };
    const [scheduled] = (await made('POST', '/events/filter', { filter })).events;
    expect(scheduled.related).toContainEqual({
      'prefect.resource.id': `prefect.automation.${id}`,
      'prefect.resource.role': 'creator',
      'prefect.resource.name': 'a',
    });
  });

  it.each([
    [
      'pause-deployment',
      'deployment_id',
      "Unexpected status from 'pause-deployment' action: 404 - Deployment not found",
    ],
    ['run-deployment', 'deployment_id', "Unexpected status from 'run-deployment' action: 404 - Deployment not found"],
    [
      'pause-work-queue',
      'work_queue_id',
      "Unexpected status from 'pause-work-queue' action: 404 - Work queue not found",
    ],
    ['pause-work-pool', 'work_pool_id', `Work pool ${GONE} not found`],
    [
      'pause-automation',
      'automation_id',
      "Unexpected status from 'pause-automation' action: 404 - Automation not found",
    ],
  ])('on what is gone fails with the reason in Prefect’s words: %s', async (type, key, reason) => {
    await automate({ type, source: 'selected', [key]: GONE });
    await happens('run');

    expect(await outcomes()).toEqual([`${type} failed ${reason}`]);
  });

  it('that the rules of its parameters refuse says which', async () => {
    const schema = { type: 'object', properties: { x: { type: 'integer' } } };
    const { flow_id } = await made('GET', `/deployments/${ids.deployment}`);
    const strict = { name: 'strict', flow_id, parameter_openapi_schema: schema, enforce_parameter_schema: true };
    const { id } = await made('POST', '/deployments/', strict);
    await automate({ type: 'run-deployment', source: 'selected', deployment_id: id, parameters: { x: 'text' } });
    await happens('run');

    const { events } = await made('POST', '/events/filter', {
      filter: { event: { name: ['prefect.automation.action.failed'] } },
    });
    const validation_error = expect.stringMatching(/^Error creating flow run: Validation failed for field 'x'/);
    const reason = expect.stringMatching(/^Validation error occurred for 'run-deployment' - Error creating flow run:/);
    expect(events[0].payload).toMatchObject({ status_code: 409, reason, validation_error });
  });

  it('that changed a state before its process died has changed it once, and is reported as executed', async () => {
    await setState('RUNNING');
    await automate({ type: 'cancel-flow-run' });
    const { replace } = home.app.store.automationFirings;
    let writes = 0;
    home.app.store.automationFirings.replace = (...given) => {
      writes++;
      if (writes === 2) return Promise.reject(new Error('killed')); // the mark that the action is done
      return replace.apply(home.app.store.automationFirings, given);
    };
    await expect(happens('run')).rejects.toThrow('killed');

    home.app.store.automationFirings.replace = replace;
    home.advance(61);
    await repairAll(home.app);

    // Perhaps told twice, under one id: readers know an id that they have seen.
    expect([...new Set(await outcomes())]).toEqual(['cancel-flow-run executed']);
    const states = await made('GET', `/flow_run_states/?flow_run_id=${ids.run}`);
    expect(states.filter(({ type }: { type: string }) => type === 'CANCELLING')).toHaveLength(1);
  });

  it('that makes a run is cut off when such runs make it act again, also when the repair tells of them', async () => {
    const mine = { 'prefect.resource.role': 'deployment', 'prefect.resource.name': 'daily' };
    const again = { type: 'run-deployment', source: 'selected', deployment_id: ids.deployment };
    await automate(again, ['prefect.flow-run.Scheduled'], { match_related: mine });
    const { add } = home.app.store.events;
    await made('POST', `/deployments/${ids.deployment}/create_flow_run`, {});
    for (let round = 0; round < 8; round++) {
      home.advance(61);
      home.app.store.events.add = async () => Promise.reject(new Error('the table is busy'));
      await settle().catch(() => {});
      home.app.store.events.add = add;
      home.advance(61);
      await repairAll(home.app);
      await settle();
    }

    expect(home.logged).toContainEqual(expect.objectContaining({ message: 'A loop of automations is cut off.' }));
    expect((await made('POST', '/flow_runs/count', {})) as number).toBeLessThanOrEqual(6);
  });

  it('on all events, or all of Prefect, does not follow on what automations have done', async () => {
    await automate({ type: 'do-nothing' }, []);
    await automate({ type: 'do-nothing' }, ['order.placed', 'prefect.*']);
    await settle();
    const before = (await outcomes()).length;

    await happens('run');

    expect((await outcomes()).slice(before)).toEqual(['do-nothing executed', 'do-nothing executed']);
  });
});
