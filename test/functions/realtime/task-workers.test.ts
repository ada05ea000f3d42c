import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { timerFired } from '../../../shared/lifecycle/timer-fired.ts';
import type { TimerEvent } from '../../../shared/operations/events/timer-events.ts';
import { repairAll } from '../../../shared/operations/repair.ts';
import { type TestApp, testApp } from '../../test-app.ts';
import { type Gateway, gateway } from './socket-client.ts';

const PATH = '/api/task_runs/subscriptions/scheduled';

describe('background tasks', () => {
  let home: TestApp;
  let sockets: Gateway;
  beforeEach(async () => {
    home = await testApp();
    sockets = gateway(home);
  });
  afterEach(() => home.close());

  /** `task.delay()`, as the client sends it. */
  async function delay(taskKey: string, more: Record<string, unknown> = {}): Promise<string> {
    const id = home.app.clock.newId();
    home.advance(1);
    const made = await home.call('POST', '/task_runs/', {
      id,
      name: `${taskKey}-${id}`,
      task_key: taskKey,
      dynamic_key: id,
      state: { type: 'SCHEDULED', state_details: { deferred: true, task_parameters_id: home.app.clock.newId() } },
      ...more,
    });
    expect(made.status).toBe(201);
    return id;
  }
  async function work(connection: string, keys: string[]): Promise<void> {
    await sockets.open(connection, PATH);
    await sockets.send(connection, { type: 'subscribe', keys, client_id: `worker-${connection}` });
  }
  const ack = (connection: string) => sockets.send(connection, { type: 'ack' });
  const received = (connection: string): unknown[] => sockets.take(connection).map((message) => message['id']);
  const workers = async (...taskKeys: string[]): Promise<string[]> => {
    const filter = taskKeys.length > 0 ? { task_worker_filter: { task_keys: taskKeys } } : {};
    const { body } = await home.call('POST', '/task_workers/filter', filter);
    return body.map(({ identifier }: { identifier: string }) => identifier).sort();
  };
  const fireTimer = (part: string): Promise<void> => {
    const [, timer] = [...home.timers].find(([name]) => name.includes(part))!;
    return timerFired(home.app, timer.payload as unknown as TimerEvent);
  };

  it('reach a worker that listens to their key, as the API tells of them', async () => {
    await work('a', ['greet-1', 'other-2']);

    const id = await delay('greet-1');

    expect(sockets.take('a')).toEqual([(await home.call('GET', `/task_runs/${id}`)).body]);
  });

  it('wait for a worker, and come to it one after the other, in order, each when the one before is acknowledged', async () => {
    const ids = [await delay('t'), await delay('t'), await delay('t')];

    await work('a', ['t']);
    const batches = [received('a')];
    for (let times = 0; times < 3; times++) {
      await ack('a');
      batches.push(received('a'));
    }

    expect(batches).toEqual([[ids[0]], [ids[1]], [ids[2]], []]);
  });

  it('are shared among workers: each has one, and each task has one worker', async () => {
    await Promise.all(['a', 'b', 'c'].map((name) => work(name, ['t'])));

    const ids = await Promise.all([1, 2, 3, 4, 5].map(() => delay('t')));
    const first = ['a', 'b', 'c'].map((name) => received(name));
    await ack('b');
    await ack('a');

    expect(first.map((list) => list.length)).toEqual([1, 1, 1]);
    const given = [...first.flat(), ...received('a'), ...received('b'), ...received('c')];
    expect(given.sort()).toEqual([...ids].sort());
  });

  it('do not reach workers of other keys, nor do runs that are not deferred', async () => {
    await work('a', ['t']);

    await delay('elsewhere');
    await delay('t', { state: { type: 'SCHEDULED' } });
    await delay('t', { state: { type: 'PENDING', state_details: { deferred: true } } });

    expect(received('a')).toEqual([]);
  });

  it('go to the next worker when theirs is gone before it acknowledged, before those that came later', async () => {
    await work('a', ['t']);
    const [first, second] = [await delay('t'), await delay('t')];
    expect(received('a')).toEqual([first]);

    await sockets.disconnect('a');
    await work('b', ['t']);
    await ack('b');

    expect(received('b')).toEqual([first, second]);
  });

  it('that are acknowledged are not sent again when their worker is gone', async () => {
    await work('a', ['t']);
    await delay('t');
    await ack('a');

    await sockets.disconnect('a');
    await work('b', ['t']);

    expect(received('b')).toEqual([]);
  });

  it('go to another worker when the socket turns out to be closed', async () => {
    await work('a', ['t']);
    sockets.gone.add('a');
    const id = await delay('t');

    await work('b', ['t']);

    expect(received('b')).toEqual([id]);
    expect(await workers()).toEqual(['worker-b']);
  });

  it('outlive a home that was killed: nobody was told that its sockets have closed', async () => {
    await work('a', ['t']);
    const id = await delay('t');
    sockets.gone.add('a');

    await repairAll(home.app);
    await work('b', ['t']);

    expect(received('b')).toEqual([id]);
  });

  it('are sent by the repair when their sender died after marking them', async () => {
    await work('a', ['t']);
    const { occupy } = home.app.store.taskDeliveries;
    home.app.store.taskDeliveries.occupy = async () => {
      throw new Error('killed');
    };
    const id = await delay('t');
    home.app.store.taskDeliveries.occupy = occupy;
    expect(received('a')).toEqual([]);

    await expect(repairAll(home.app)).rejects.toThrow('being sent');
    home.advance(11);
    await repairAll(home.app);

    expect(received('a')).toEqual([id]);
  });

  it('are created once however often the client sends them, and sent then', async () => {
    const id = await delay('t');
    await work('a', ['t']);
    received('a');

    const again = await home.call('POST', '/task_runs/', {
      id,
      task_key: 't',
      dynamic_key: id,
      state: { type: 'SCHEDULED', state_details: { deferred: true } },
    });
    await ack('a');

    expect(again.status).toBe(200);
    expect(received('a')).toEqual([]);
  });

  it('that were deleted or have ended are passed over', async () => {
    const [deleted, cancelled, left] = [await delay('t'), await delay('t'), await delay('t')];
    await home.call('DELETE', `/task_runs/${deleted}`);
    await home.call('POST', `/task_runs/${cancelled}/set_state`, { state: { type: 'CANCELLED' }, force: true });

    await work('a', ['t']);

    expect(received('a')).toEqual([left]);
  });

  it('that are to be retried are sent again, before what is new', async () => {
    const [first, second] = [await delay('t'), await delay('t')];
    await work('a', ['t']);
    await ack('a');
    await home.call('POST', `/task_runs/${first}/set_state`, {
      state: { type: 'SCHEDULED', name: 'AwaitingRetry', state_details: { deferred: true } },
      force: true,
    });
    await delay('t');

    await ack('a');

    expect(received('a')).toEqual([first, second, first]);
  });

  it('name the workers that are connected, all or by key', async () => {
    await work('a', ['t', 'u']);
    await work('b', ['u']);

    expect([await workers(), await workers('t'), await workers('u'), await workers('v')]).toEqual([
      ['worker-a', 'worker-b'],
      ['worker-a'],
      ['worker-a', 'worker-b'],
      [],
    ]);
    await sockets.disconnect('a');
    expect(await workers()).toEqual(['worker-b']);
  });

  it.each([
    ['another message first', { type: 'ack' }, "Expected 'subscribe' message: type: Invalid input"],
    ['no keys', { type: 'subscribe', keys: [], client_id: 'c' }, 'keys'],
    ['no client', { type: 'subscribe', keys: ['t'] }, 'client_id'],
  ])('refuse a worker that begins with %s', async (_, message, reason) => {
    await sockets.open('a', PATH);

    await sockets.send('a', message);

    expect(sockets.take('a')).toEqual([{ type: 'error', reason: expect.stringContaining(reason) }]);
    expect(sockets.closed).toEqual(['a']);
  });

  it.each([{ type: 'quit' }, { type: 'something' }])(
    'take back the task of a worker that answers %j',
    async (answer) => {
      await work('a', ['t']);
      const id = await delay('t');

      await sockets.send('a', answer);
      await work('b', ['t']);

      expect(sockets.closed).toEqual(['a']);
      expect(received('b')).toEqual([id]);
    },
  );

  it('cost a handful of units each, however many came before', async () => {
    await work('a', ['t']);
    const costs: number[] = [];
    for (let times = 0; times < 20; times++) {
      const before = home.consumed.length;
      await delay('t');
      await ack('a');
      costs.push(home.consumed.slice(before).reduce((sum, { units }) => sum + units, 0));
    }

    expect(Math.max(...costs)).toBeLessThanOrEqual(30);
    expect(costs.at(-1)).toBeLessThanOrEqual(costs[0]! + 1);
  });

  describe('a worker that is long connected', () => {
    it('is sent something before the gateway takes it for idle; its acknowledgement is not taken for that of a task', async () => {
      await work('a', ['t']);
      const [first, second] = [await delay('t'), await delay('t')];
      received('a');

      await fireTimer('task-worker');
      const [keepAlive] = sockets.take('a');
      await ack('a'); // of the first task
      await ack('a'); // of what keeps the connection open
      await sockets.disconnect('a');
      await work('b', ['t']);

      expect(keepAlive).toMatchObject({ task_key: 't', state: null });
      expect([first, received('b')]).toEqual([first, [second]]);
    });

    it('is made to connect anew where that can be done', async () => {
      const renewed: string[] = [];
      sockets = gateway(home, { renewed });
      await work('a', ['t']);

      await fireTimer('task-worker');

      expect([renewed, sockets.take('a')]).toEqual([['a'], []]);
    });

    it('is forgotten by its timer when nobody was told of its end, and its task is sent to another', async () => {
      await work('a', ['t']);
      const id = await delay('t');
      await work('b', ['t']);
      sockets.gone.add('a');

      await fireTimer('task-worker-a');

      expect(received('b')).toEqual([id]);
      expect([...home.timers.keys()]).toEqual(['task-worker-b']);
    });
  });
});

describe('background tasks when keys are asked for', () => {
  it('are nothing for viewers', async () => {
    const home = await testApp({ authRequired: true });
    const sockets = gateway(home);
    const { createApiKey } = await import('../../../shared/operations/access/api-keys.ts');
    const { key } = await createApiKey(home.app, { name: 'v', role: 'viewer' });
    await sockets.connect('a', PATH);

    await sockets.send('a', { type: 'auth', token: key });

    expect(sockets.take('a')).toEqual([
      { type: 'auth_failure', reason: 'This API key has the role "viewer" and may not run background tasks.' },
    ]);
    await home.close();
  });
});
