import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimTaskSlots } from '../../../shared/operations/task-runs/task-slots.ts';
import { type TestApp, testApp } from '../../test-app.ts';

describe.each([
  ['the first API', (tag: string, limit: number) => ['/concurrency_limits/', { tag, concurrency_limit: limit }]],
  ['the second API', (tag: string, limit: number) => ['/v2/concurrency_limits/', { name: `tag:${tag}`, limit }]],
] as const)('task runs whose tags have limits made by %s', (_, limitOf) => {
  let home: TestApp;
  beforeAll(async () => {
    home = await testApp();
  });
  afterAll(() => home.close());

  const limit = (tag: string, slots: number) => {
    const [path, body] = limitOf(tag, slots);
    return home.call('POST', path as string, body);
  };
  const task = async (tags: string[], more: object = {}): Promise<string> => {
    const made = await home.call('POST', '/task_runs/', {
      task_key: 't',
      dynamic_key: crypto.randomUUID(),
      tags,
      ...more,
    });
    return made.body.id;
  };
  const set = async (id: string, type: string, { force = false, ...details }: Record<string, unknown> = {}) => {
    const state = { type, state_details: details };
    return (await home.call('POST', `/task_runs/${id}/set_state`, { state, force })).body;
  };
  const holders = async (tag: string) => (await home.call('GET', `/concurrency_limits/tag/${tag}`)).body.active_slots;

  it('wait while the limit is full, and run when a slot has come back', async () => {
    await limit('one', 1);
    const [first, second] = [await task(['one']), await task(['one', 'unlimited'])];

    await set(first, 'RUNNING');
    const waiting = await set(second, 'RUNNING');
    expect(waiting).toMatchObject({
      status: 'WAIT',
      details: { reason: 'Concurrency limit reached for tags: one' },
      state: { type: 'PENDING' },
    });
    expect(waiting.details.delay_seconds).toBeGreaterThanOrEqual(1);
    expect(waiting.details.delay_seconds).toBeLessThanOrEqual(10);
    expect(await holders('one')).toEqual([first]);

    await set(first, 'COMPLETED');
    expect(await set(second, 'RUNNING')).toMatchObject({ status: 'ACCEPT' });
    expect(await holders('one')).toEqual([second]);
  });

  it('keep their slot while they are cancelled, and give it back when they have ended, by force too', async () => {
    await limit('held', 2);
    const [cancelled, forced] = [await task(['held']), await task(['held'])];
    await set(cancelled, 'RUNNING');
    await set(forced, 'RUNNING');

    await set(cancelled, 'CANCELLING');
    expect((await holders('held')).toSorted()).toEqual([cancelled, forced].toSorted());
    await set(cancelled, 'CANCELLED');
    await set(forced, 'SCHEDULED', { force: true });
    expect(await holders('held')).toEqual([]);
  });

  it('hold nothing between two tries', async () => {
    await limit('tries', 1);
    const id = await task(['tries'], { empirical_policy: { retries: 1, retry_delay: 0 } });
    await set(id, 'RUNNING');

    expect((await set(id, 'FAILED')).state.name).toBe('AwaitingRetry');

    expect(await holders('tries')).toEqual([]);
  });

  it('never run by a limit of 0', async () => {
    await limit('none', 0);

    expect(await set(await task(['none']), 'RUNNING')).toMatchObject({
      status: 'ABORT',
      details: {
        reason: 'The concurrency limit on tag "none" is 0 and will deadlock if the task tries to run again.',
      },
    });
  });

  it('take a slot of each limit or none', async () => {
    await limit('wide', 5);
    await limit('narrow', 1);
    await set(await task(['narrow']), 'RUNNING');

    expect(await set(await task(['wide', 'narrow']), 'RUNNING')).toMatchObject({
      status: 'WAIT',
      details: { reason: 'Concurrency limit reached for tags: narrow, wide' },
    });
    expect(await holders('wide')).toEqual([]);
  });

  it('that a later rule lets wait hold nothing, and forced or deferred ones ask for nothing', async () => {
    await limit('asked', 1);
    const state = { type: 'SCHEDULED', state_details: { scheduled_time: '2030-01-01T00:00:00Z' } };

    expect(await set(await task(['asked'], { state }), 'RUNNING')).toMatchObject({ status: 'WAIT' });
    await set(await task(['asked']), 'RUNNING', { force: true });
    await set(await task(['asked']), 'RUNNING', { deferred: true });

    expect(await holders('asked')).toEqual([]);
  });

  it('run again with the slot that they hold, if the answer got lost', async () => {
    await limit('again', 1);
    const id = await task(['again']);
    await set(id, 'RUNNING');

    expect(await set(id, 'RUNNING')).toMatchObject({ status: 'ACCEPT' });

    expect(await holders('again')).toEqual([id]);
  });

  it('lose the slot of a proposal whose process died before its state was stored', async () => {
    await limit('died', 1);
    const id = await task(['died']);
    const { task: run } = (await home.app.store.taskRuns.get(id))!;

    await claimTaskSlots(home.app, run, { type: 'RUNNING' }, false);
    expect(await set(await task(['died']), 'RUNNING')).toMatchObject({ status: 'WAIT' });
    home.advance(61);

    expect(await set(await task(['died']), 'RUNNING')).toMatchObject({ status: 'ACCEPT' });
  });
});
