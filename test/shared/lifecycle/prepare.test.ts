import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readJob } from '../../../shared/lifecycle/submitting/frozen-job.ts';
import { type PushHome, pushHome, running, signalsOf } from './pushed-run.ts';

describe('Prepare', () => {
  let push: PushHome;
  beforeEach(async () => {
    push = await pushHome();
  });
  afterEach(() => push.home.close());

  it('waits until the run is due', async () => {
    const due = new Date(push.home.app.clock.now().getTime() + 3_600_000).toISOString();
    const id = await push.create({ state: { type: 'SCHEDULED', state_details: { scheduled_time: due } } });

    const early = await push.step('prepare', push.execution(id));
    push.home.advance(3_601);
    const onTime = await push.step('prepare', push.execution(id));

    expect(early).toMatchObject({ next: 'wait' });
    expect(new Date(early!.until!)).toEqual(new Date(due));
    expect(onTime).toMatchObject({ next: 'submit', target: 'target-process' });
  });

  it('twice opens one attempt: one Pending state, the same answer', async () => {
    const id = await push.create();

    const first = await push.step('prepare', push.execution(id));
    const second = await push.step('prepare', push.execution(id));

    expect(second).toEqual(first);
    expect((await push.doc(id)).states.map((state) => state.type)).toEqual(['SCHEDULED', 'PENDING']);
  });

  it('finds its place in a run that is already going', async () => {
    const { input } = await running(push);

    expect(await push.step('prepare', input)).toMatchObject({ next: 'await' });
  });

  it('gives the container the address, its run and a token of its own, over what the job says', async () => {
    const id = await push.create({ job_variables: { env: { PREFECT_API_URL: 'http://elsewhere', MINE: '1' } } });
    await push.step('prepare', push.execution(id));

    const job = await readJob(push.home.app, id, 1);

    expect(job['env']).toMatchObject({
      MINE: '1',
      PREFECT_API_URL: push.home.app.settings.apiUrl,
      PREFECT__FLOW_RUN_ID: id,
      PREFECT_API_AUTH_STRING: expect.stringContaining(`ppr.${id}.1.`),
    });
  });

  it('keeps the job of an attempt as it was, whatever happens to the deployment afterwards', async () => {
    const id = await push.create({ job_variables: { image: 'before' } });
    const input = push.execution(id);
    await push.step('prepare', input);
    await push.home.app.store.flowRuns.update(id, (doc) => ({
      ...doc,
      run: { ...doc.run, job_variables: { image: 'after' } },
    }));

    await push.step('prepare', input);
    await push.step('submit', input);

    expect(push.cloud.containers.get(`${id}/1`)?.job['image']).toBe('before');
  });

  it('parks a run of a paused pool and goes on when the pool is resumed', async () => {
    await push.home.call('PATCH', '/work_pools/push', { is_paused: true });
    const id = await push.create();
    const input = push.execution(id);
    const prepared = await push.step('prepare', input);
    await push.step('park', input, 'parked');
    const before = signalsOf(push.home, 'parked').length;

    await push.home.call('PATCH', '/work_pools/push', { is_paused: false });

    expect(prepared).toEqual({ next: 'park' });
    expect([before, signalsOf(push.home, 'parked').length]).toEqual([0, 1]);
    expect(await push.step('prepare', input)).toMatchObject({ next: 'submit' });
  });

  it('rule 21: touches no item of slots where no limit is set', async () => {
    const id = await push.create();
    await push.step('prepare', push.execution(id));
    const { run, life } = await push.doc(id);
    const { slots } = push.home.app.store;

    expect(life.slots).toEqual([]);
    for (const owner of [`POOL#${run.work_pool_id}`, `QUEUE#${run.work_queue_id}`]) {
      expect(await slots.shards(owner)).toEqual([]);
    }
  });

  it('rule 12: gives no execution to runs of pools with real workers, whatever pool the deployment has now', async () => {
    await push.home.call('POST', '/work_pools/', { name: 'workers', type: 'process' });
    const flow = await push.home.call('POST', '/flows/', { name: 'polled' });
    const made = await push.home.call('POST', '/deployments/', {
      name: 'w',
      flow_id: flow.body.id,
      work_pool_name: 'workers',
    });

    await push.home.call('POST', `/deployments/${made.body.id}/create_flow_run`, {});

    expect(push.home.started).toEqual([]);
  });
});
