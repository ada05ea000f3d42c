import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { giveBackLease } from '../../../shared/operations/concurrency/concurrency-leases.ts';
import { type TestApp, testApp } from '../../test-app.ts';

const CLIENT = { 'user-agent': 'prefect/3.8.8 (API 0.8.4)' };

describe('the slots of runs that workers start', () => {
  let home: TestApp;
  let between: (() => Promise<unknown>) | null = null;
  let deploymentId: string;

  beforeEach(async () => {
    between = null;
    home = await testApp({
      awaited: async (_, work) => {
        const other = between;
        between = null;
        await other?.();
        return work();
      },
    });
    await home.call('POST', '/work_pools/', { name: 'workers', type: 'process' });
    const flow = await home.call('POST', '/flows/', { name: 'f' });
    const made = await home.call('POST', '/deployments/', {
      name: 'd',
      flow_id: flow.body.id,
      work_pool_name: 'workers',
      concurrency_limit: 1,
      concurrency_options: { collision_strategy: 'ENQUEUE', grace_period_seconds: 60 },
    });
    deploymentId = made.body.id;
  });
  afterEach(() => home.close());

  const create = async (): Promise<string> =>
    (await home.call('POST', `/deployments/${deploymentId}/create_flow_run`, {})).body.id;
  const propose = (id: string, type: string, headers: Record<string, string> = CLIENT) =>
    home.call('POST', `/flow_runs/${id}/set_state`, { state: { type } }, headers);
  const pending = async () => {
    const id = await create();
    const { body } = await propose(id, 'PENDING');
    return { id, lease: body.state?.state_details?.deployment_concurrency_lease_id as string, answer: body };
  };
  const active = async () =>
    (await home.call('GET', `/v2/concurrency_limits/deployment:${deploymentId}`)).body.active_slots;
  const name = async (id: string) => (await home.call('GET', `/flow_runs/${id}`)).body.state.name;

  it('are taken with Pending under a lease whose id the state carries, and given back at the end', async () => {
    const { id, lease } = await pending();
    const during = await active();
    const running = await propose(id, 'RUNNING');
    await propose(id, 'COMPLETED');

    expect(lease).toEqual(expect.any(String));
    expect(running.body.state.state_details.deployment_concurrency_lease_id).toBe(lease);
    expect([during, await active()]).toEqual([1, 0]);
  });

  it('put a run that finds none off by 30 s, or cancel it, as the deployment says', async () => {
    await pending();

    const { answer } = await pending();
    await home.call('PATCH', `/deployments/${deploymentId}`, {
      concurrency_options: { collision_strategy: 'CANCEL_NEW' },
    });
    const { id } = await pending();

    expect(answer).toMatchObject({
      status: 'REJECT',
      details: { reason: 'Deployment concurrency limit reached.' },
      state: { type: 'SCHEDULED', name: 'AwaitingConcurrencySlot' },
    });
    const wait = Date.parse(answer.state.state_details.scheduled_time) - home.app.clock.now().getTime();
    expect(wait).toBe(30_000);
    expect(await name(id)).toBe('Cancelled');
  });

  it('answer 0 slots with ABORT', async () => {
    await home.call('PATCH', `/v2/concurrency_limits/deployment:${deploymentId}`, { limit: 0 });

    const { answer } = await pending();

    expect(answer).toMatchObject({ status: 'ABORT', details: { reason: expect.stringMatching(/limit is 0/) } });
  });

  it('are renewed with Running for the grace period', async () => {
    const { id } = await pending();
    home.advance(50);
    await propose(id, 'RUNNING');
    home.advance(50);

    expect((await pending()).answer.status).toBe('REJECT');
  });

  it('that were lost before Running are taken anew, or the run is cancelled when there is none', async () => {
    const lost = await pending();
    home.advance(61);
    const again = await propose(lost.id, 'RUNNING');
    await propose(lost.id, 'COMPLETED');
    const late = await pending();
    home.advance(61);
    await pending();

    const cancelled = await propose(late.id, 'RUNNING');

    expect(again.body.state.type).toBe('RUNNING');
    expect(cancelled.body.state).toMatchObject({
      type: 'CANCELLED',
      message: expect.stringMatching(/slot lost during provisioning/),
    });
    expect(await active()).toBe(1);
  });

  it('stay with clients that cannot renew a lease until the run is over', async () => {
    const old = { 'user-agent': 'prefect/3.4.0 (API 0.8.4)' };
    const { id } = await pending();
    await propose(id, 'RUNNING', old);
    home.advance(86_400);

    expect((await pending()).answer.status).toBe('REJECT');
    await propose(id, 'COMPLETED', old);
    expect(await active()).toBe(0);
  });

  it('come back when the transition that took them loses a race', async () => {
    const id = await create();

    await Promise.all([propose(id, 'PENDING'), propose(id, 'CANCELLED')]);
    if ((await name(id)) === 'Pending') await propose(id, 'CANCELLED');

    expect(await active()).toBe(0);
  });

  describe("rule 22: what Prefect's formal model shows of its server does not happen here", () => {
    const expired = async () => {
      const first = await pending();
      await propose(first.id, 'RUNNING');
      home.advance(61);
      return first;
    };
    const renew = (lease: string) =>
      home.call('POST', `/v2/concurrency_limits/leases/${lease}/renew`, { lease_duration: 60 });

    it('stale reap: a lease that is renewed after it was seen expired keeps its slot', async () => {
      const first = await expired();
      const seen = await active();

      const renewed = await renew(first.lease);

      expect([seen, renewed.status]).toEqual([0, 204]);
      expect((await pending()).answer.status).toBe('REJECT');
    });

    it('fallback release: the end of a run whose lease is missing frees nobody else', async () => {
      const first = await expired();
      const second = await pending();

      await propose(first.id, 'COMPLETED');

      expect(second.answer.status).toBe('ACCEPT');
      expect([await active(), (await pending()).answer.status]).toEqual([1, 'REJECT']);
    });

    it('read-present release: neither does one that read its lease just before the slot went to somebody else', async () => {
      for (let call = 1; call <= 6; call++) {
        const first = await expired();
        let second: Awaited<ReturnType<typeof pending>> | null = null;
        const inCall = (calls: number): (() => Promise<unknown>) =>
          calls === 1
            ? async () => {
                second = await pending();
              }
            : async () => {
                between = inCall(calls - 1);
              };
        between = inCall(call);
        await giveBackLease(home.app, first.lease);
        between = null;
        second ??= await pending();

        expect(second.answer.status).toBe('ACCEPT');
        expect([call, await active(), (await pending()).answer.status]).toEqual([call, 1, 'REJECT']);
        await propose(second.id, 'COMPLETED');
        await propose(first.id, 'COMPLETED');
      }
    });

    it('flow-run deletion: a deleted run gives its slot back at once, and later frees nobody else', async () => {
      const first = await pending();

      await home.call('DELETE', `/flow_runs/${first.id}`);
      const second = await pending();
      home.advance(30);
      await renew(second.lease);
      home.advance(45);

      expect(second.answer.status).toBe('ACCEPT');
      expect((await renew(first.lease)).status).toBe(410);
      expect([await active(), (await pending()).answer.status]).toEqual([1, 'REJECT']);
    });

    it('duplicate reap: two that find an expired lease at once take one slot', async () => {
      await expired();
      const [one, two] = [await create(), await create()];

      const answers = await Promise.all([propose(one, 'PENDING'), propose(two, 'PENDING')]);

      expect(answers.map(({ body }) => body.status).sort()).toEqual(['ACCEPT', 'REJECT']);
      expect(await active()).toBe(1);
    });
  });
});
