import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StateProposal } from '../../../shared/domain/states.ts';
import { park } from '../../../shared/lifecycle/submitting/park.ts';
import { createFlowRun } from '../../../shared/operations/flow-runs/flow-runs.ts';
import { ensureWorkQueue } from '../../../shared/operations/work-pools/work-queues.ts';
import { type TestApp, testApp } from '../../test-app.ts';

let home: TestApp;
beforeAll(async () => {
  home = await testApp();
});
afterAll(() => home.close());

const NOBODY = { kind: 'anonymous' } as const;

async function makePool(name: string, more: Record<string, unknown> = {}) {
  return (await home.call('POST', '/work_pools/', { name, type: 'process', ...more })).body;
}

async function makeQueue(pool: string, body: Record<string, unknown>) {
  return (await home.call('POST', `/work_pools/${pool}/queues`, body)).body;
}

async function prioritiesOf(pool: string): Promise<[string, number][]> {
  const { body } = await home.call('POST', `/work_pools/${pool}/queues/filter`, {});
  return body.map((queue: { name: string; priority: number }) => [queue.name, queue.priority]);
}

let runs = 0;
/** A run of the pool's queue, due so many seconds from now. */
async function makeRun(pool: { id: string; name: string }, queueName: string, seconds: number, state?: StateProposal) {
  const flow = (await home.call('POST', '/flows/', { name: 'f' })).body;
  const stored = (await home.app.store.workPools.get(pool.id))!;
  const queue = await ensureWorkQueue(home.app, stored, queueName);
  const due = new Date(home.app.clock.now().getTime() + seconds * 1000).toISOString();
  const { doc } = await createFlowRun(home.app, NOBODY, {
    name: `run-${++runs}`,
    flow_id: flow.id,
    parameters: {},
    tags: [],
    labels: {},
    work_pool_id: pool.id,
    work_pool_name: pool.name,
    work_queue_id: queue.id,
    work_queue_name: queue.name,
    work_pool_type: stored.type,
    state: state ?? { type: 'SCHEDULED', state_details: { scheduled_time: due.replace('Z', '000Z') } },
  });
  return doc;
}

async function poll(pool: string, body: Record<string, unknown> = {}): Promise<string[]> {
  const before = new Date(home.app.clock.now().getTime() + 10_000).toISOString();
  const answer = await home.call('POST', `/work_pools/${pool}/get_scheduled_flow_runs`, {
    scheduled_before: before,
    ...body,
  });
  return answer.body.map((item: { flow_run: { name: string } }) => item.flow_run.name);
}

describe('work queues', () => {
  it('take the lowest free priority, or push others down from the one they ask for', async () => {
    await makePool('prio');
    await makeQueue('prio', { name: 'q1' });
    await makeQueue('prio', { name: 'q2', priority: 1 });

    expect(await prioritiesOf('prio')).toEqual([
      ['q2', 1],
      ['default', 2],
      ['q1', 3],
    ]);

    await home.call('PATCH', '/work_pools/prio/queues/q1', { priority: 1 });
    expect(await prioritiesOf('prio')).toEqual([
      ['q1', 1],
      ['q2', 2],
      ['default', 3],
    ]);
  });

  it('are unique within their pool only', async () => {
    await makePool('u1');
    await makePool('u2');
    await makeQueue('u1', { name: 'same' });

    const again = await home.call('POST', '/work_pools/u1/queues', { name: 'same' });
    const elsewhere = await home.call('POST', '/work_pools/u2/queues', { name: 'same' });

    expect([again.status, elsewhere.status]).toEqual([409, 201]);
  });

  it('answer with everything clients parse', async () => {
    const pool = await makePool('shape');

    const queue = await makeQueue('shape', { name: 'q', concurrency_limit: 2 });

    expect(queue).toEqual({
      id: expect.any(String),
      created: expect.any(String),
      updated: expect.any(String),
      name: 'q',
      description: '',
      is_paused: false,
      concurrency_limit: 2,
      priority: 2,
      work_pool_id: pool.id,
      work_pool_name: 'shape',
      filter: null,
      last_polled: null,
      status: 'NOT_READY',
      active_slots: 0,
    });
    expect((await home.call('GET', `/work_queues/${queue.id}`)).body).toEqual(queue);
  });

  it('that could take the runs of a deployment: those without a filter, and those whose filter it fits', async () => {
    const { body: flow } = await home.call('POST', '/flows/', { name: 'fits' });
    const { body: deployment } = await home.call('POST', '/deployments/', {
      name: 'd',
      flow_id: flow.id,
      tags: ['a', 'b'],
    });
    const filters = {
      plain: null,
      fits: { tags: ['a'] },
      other: { tags: ['a', 'c'] },
      named: { deployment_ids: [flow.id] },
    };
    for (const [name, filter] of Object.entries(filters)) await home.call('POST', '/work_queues/', { name, filter });

    const { body } = await home.call('GET', `/deployments/${deployment.id}/work_queue_check`);

    const names = body.map((queue: { name: string }) => queue.name);
    expect(names).toEqual(expect.arrayContaining(['plain', 'fits']));
    expect(names).not.toEqual(expect.arrayContaining(['other']));
    expect(names).not.toEqual(expect.arrayContaining(['named']));
  });

  it('that a deployment or run names and nobody made are made once', async () => {
    const pool = (await home.app.store.workPools.get((await makePool('ensured')).id))!;

    const [first, second] = await Promise.all([
      ensureWorkQueue(home.app, pool, 'new'),
      ensureWorkQueue(home.app, pool, 'new'),
    ]);

    expect(second.id).toBe(first.id);
  });

  it('cannot lose the default one', async () => {
    await makePool('keeps');

    const answer = await home.call('DELETE', '/work_pools/keeps/queues/default');

    expect([answer.status, answer.body]).toEqual([400, { detail: "Can't delete a pool's default queue." }]);
  });

  it('that are not there answer 404 with their path', async () => {
    await makePool('holes');

    const answer = await home.call('GET', '/work_pools/holes/queues/nope');

    expect([answer.status, answer.body]).toEqual([404, { detail: "Work pool queue 'holes/nope' not found." }]);
  });

  it('without a pool belong to the pool of agents', async () => {
    const made = await home.call('POST', '/work_queues/', { name: 'old' });

    const read = await home.call('GET', '/work_queues/name/old');
    const again = await home.call('POST', '/work_queues/', { name: 'old' });

    expect([made.status, made.body.work_pool_name]).toEqual([201, 'default-agent-pool']);
    expect(read.body.id).toBe(made.body.id);
    expect(again.body).toEqual({ detail: 'A work queue with this name already exists.' });
  });
});

describe('get_scheduled_flow_runs', () => {
  it('gives due runs by queue priority, then by time, and what is not due stays', async () => {
    const pool = await makePool('order');
    await makeQueue('order', { name: 'urgent', priority: 1 });
    const later = await makeRun(pool, 'default', 5);
    const sooner = await makeRun(pool, 'default', -5);
    const urgent = await makeRun(pool, 'urgent', 8);
    await makeRun(pool, 'urgent', 60);

    expect(await poll('order')).toEqual([urgent.name, sooner.name, later.name]);
    expect(await poll('order', { work_queue_names: ['default'] })).toEqual([sooner.name, later.name]);
    expect(await poll('order', { limit: 1 })).toEqual([urgent.name]);
  });

  it('gives nothing while the pool is paused, and skips paused queues', async () => {
    const pool = await makePool('pausing');
    await makeQueue('pausing', { name: 'other' });
    const run = await makeRun(pool, 'default', -1);
    await makeRun(pool, 'other', -1);
    await home.call('PATCH', '/work_pools/pausing/queues/other', { is_paused: true });

    expect(await poll('pausing')).toEqual([run.name]);
    await home.call('PATCH', '/work_pools/pausing', { is_paused: true });
    expect(await poll('pausing')).toEqual([]);
  });

  it('leaves as many as pool and queue have slots for; Pending and Running runs hold one', async () => {
    const pool = await makePool('slots', { concurrency_limit: 3 });
    await makeQueue('slots', { name: 'narrow', priority: 1, concurrency_limit: 1 });
    await makeRun(pool, 'default', 0, { type: 'RUNNING' });
    const narrow = await makeRun(pool, 'narrow', -3);
    await makeRun(pool, 'narrow', -2);
    const wide = await makeRun(pool, 'default', -1);
    await makeRun(pool, 'default', -1);

    expect(await poll('slots')).toEqual([narrow.name, wide.name]);
    expect((await home.call('GET', '/work_pools/slots')).body.active_slots).toBe(1);
  });

  it('marks the queues and their deployments as polled and ready', async () => {
    await makePool('polled');
    const flow = (await home.call('POST', '/flows/', { name: 'f' })).body;
    const body = { name: 'd', flow_id: flow.id, work_pool_name: 'polled' };
    const deployment = (await home.call('POST', '/deployments/', body)).body;

    await poll('polled');

    expect(deployment.status).toBe('NOT_READY');
    expect((await home.call('GET', `/deployments/${deployment.id}`)).body.status).toBe('READY');

    const queue = await home.call('GET', '/work_pools/polled/queues/default');
    expect(queue.body).toMatchObject({ status: 'READY', last_polled: expect.any(String) });
    const status = await home.call('GET', `/work_queues/${queue.body.id}/status`);
    expect(status.body).toEqual({
      healthy: true,
      late_runs_count: 0,
      last_polled: queue.body.last_polled,
      health_check_policy: { maximum_late_runs: 0, maximum_seconds_since_last_polled: 60 },
    });
  });

  it('answers 404 for a pool or queue that is not there', async () => {
    await makePool('there');

    const noPool = await home.call('POST', '/work_pools/nope/get_scheduled_flow_runs', {});
    const noQueue = await home.call('POST', '/work_pools/there/get_scheduled_flow_runs', { work_queue_names: ['x'] });

    expect([noPool.status, noQueue.body.detail]).toEqual([404, "Work pool queue 'there/x' not found."]);
  });
});

describe('concurrency status', () => {
  it('shows who holds slots, by queue', async () => {
    const pool = await makePool('holding', { concurrency_limit: 5 });
    const running = await makeRun(pool, 'default', 0, { type: 'RUNNING' });

    const answer = await home.call('POST', '/work_pools/holding/concurrency_status', {});
    const ofQueue = await home.call('POST', `/work_queues/${pool.default_queue_id}/concurrency_status`, {});

    expect(answer.body).toEqual({
      active_slots: 1,
      concurrency_limit: 5,
      queues: [
        {
          queue_id: pool.default_queue_id,
          queue_name: 'default',
          active_slots: 1,
          concurrency_limit: null,
          flow_runs: [expect.objectContaining({ id: running.id, state_type: 'RUNNING' })],
          flow_run_count: 1,
        },
      ],
      count: 1,
      limit: 200,
      pages: 1,
      page: 1,
    });
    expect(ofQueue.body).toMatchObject({ active_slots: 1, count: 1, pages: 1, page: 1 });
  });
});

describe('runs that wait for a paused pool', () => {
  const parked = async (poolName: string, paused: object = { is_paused: true }, pausedQueue = false) => {
    const pool = await makePool(poolName, { type: 'process:push', ...paused });
    if (pausedQueue) await home.call('PATCH', `/work_pools/${poolName}/queues/default`, { is_paused: true });
    const run = await makeRun(pool, 'default', -1);
    const token = `token-of-${poolName}`;
    await park(home.app, { contract: 1, flow_run_id: run.id, attempt: 1, generation: 1 }, token);
    return token;
  };
  const woken = () => home.signalled.map(({ token }) => token);

  it('are woken when it is resumed, when its limit changes and when it is deleted', async () => {
    const [resumed, deleted] = [await parked('w-resume'), await parked('w-delete')];
    const raised = await parked('w-raise', { concurrency_limit: 0 });

    await home.call('PATCH', '/work_pools/w-resume', { description: 'nothing that matters' });
    expect(woken()).not.toContain(resumed);
    await home.call('PATCH', '/work_pools/w-resume', { is_paused: false });
    await home.call('PATCH', '/work_pools/w-raise', { concurrency_limit: 9 });
    await home.call('DELETE', '/work_pools/w-delete');

    expect(woken()).toEqual(expect.arrayContaining([resumed, raised, deleted]));
  });

  it('are woken when their queue is resumed', async () => {
    const token = await parked('w-queue', {}, true);

    await home.call('PATCH', '/work_pools/w-queue/queues/default', { is_paused: false });

    expect(woken()).toContain(token);
  });
});
