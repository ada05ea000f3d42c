import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TransientError } from '../../../shared/domain/errors.ts';
import { type TestApp, testApp } from '../../test-app.ts';
import { type Gateway, gateway } from './socket-client.ts';

const RUN = '0194a5c8-0000-7000-8000-00000000000b';

describe('/events/in', () => {
  let home: TestApp;
  let sockets: Gateway;
  beforeAll(async () => {
    home = await testApp();
    sockets = gateway(home);
    await sockets.open('in', '/api/events/in');
  });
  afterAll(() => home.close());

  it('makes a task run of its events, whatever their order, and answers nothing', async () => {
    const task = crypto.randomUUID();
    const events = taskEvents(task, 'a');

    for (const event of [events[2], events[0], events[1], events[2]]) await sockets.send('in', event);

    const read = await home.call('GET', `/task_runs/${task}`);
    expect(read.body).toMatchObject({
      id: task,
      name: 'a-0',
      flow_run_id: RUN,
      task_key: 'a',
      state_type: 'COMPLETED',
      state_name: 'Completed',
      run_count: 1,
      start_time: '2026-11-24T05:00:01.000000Z',
      end_time: '2026-11-24T05:00:02.500000Z',
      total_run_time: 1.5,
    });
    const states = await home.call('GET', `/task_run_states/?task_run_id=${task}`);
    expect(states.body.map((state: { name: string }) => state.name)).toEqual(['Pending', 'Running', 'Completed']);
    expect(sockets.take('in')).toEqual([]);
  });

  it('keeps the older id when another task run claims the same keys', async () => {
    const [older, younger] = [crypto.randomUUID(), crypto.randomUUID()];

    await sockets.send('in', taskEvents(older, 'shared')[0]);
    await sockets.send('in', taskEvents(younger, 'shared')[1]);

    const read = await home.call('GET', `/task_runs/${older}`);
    const other = await home.call('GET', `/task_runs/${younger}`);
    expect(read.body.state_name).toBe('Running');
    expect(read.body.state.state_details.task_run_id).toBe(older);
    expect(other.status).toBe(404);
  });

  it('ends the same when frames arrive side by side', async () => {
    const task = crypto.randomUUID();
    const events = taskEvents(task, 'parallel');

    await Promise.all([...events, ...events].map((event) => sockets.send('in', event)));

    const read = await home.call('GET', `/task_runs/${task}`);
    const states = await home.call('GET', `/task_run_states/?task_run_id=${task}`);
    expect(read.body.state_name).toBe('Completed');
    expect(states.body).toHaveLength(3);
  });

  it('stores a repeated event once', async () => {
    const event = {
      ...taskEvents(crypto.randomUUID(), 'x')[0],
      event: 'custom.once',
      resource: { 'prefect.resource.id': 'c' },
    };

    await sockets.send('in', event);
    await sockets.send('in', event);

    const found = await home.call('POST', '/events/filter', { filter: { event: { name: ['custom.once'] } } });
    expect(found.body.total).toBe(1);
  });

  it('keeps an event that names no task run, and goes on', async () => {
    const broken = { ...taskEvents(crypto.randomUUID(), 'y')[0], payload: {} };

    const answer = await sockets.send('in', broken);

    expect(answer.statusCode).toBe(200);
    expect(sockets.closed).not.toContain('in');
  });

  it.each([
    ['no JSON', '{', 'The message is not JSON.'],
    ['no event', { event: 'x' }, 'Invalid event: occurred: Invalid input'],
    ['a list', [1], 'Invalid event: Invalid input'],
  ])('closes on a frame that is %s, with a reason', async (name, frame, reason) => {
    const id = `bad ${name}`;
    await sockets.open(id, '/api/events/in');

    const answer = await sockets.send(id, frame);

    expect(answer.statusCode).toBe(200);
    expect(sockets.take(id)).toEqual([{ type: 'error', reason: expect.stringContaining(reason) }]);
    expect(sockets.closed).toContain(id);
  });

  it('closes after a passing fault, so that the client sends the event again', async () => {
    await sockets.open('unlucky', '/api/events/in');
    const { events } = home.app.store;
    const add = events.add;
    events.add = async () => {
      throw new TransientError('throttled', 'Too much at once.');
    };
    const event = { ...taskEvents(crypto.randomUUID(), 'z')[0] };

    const answer = await sockets.send('unlucky', event);
    events.add = add;

    expect(answer.statusCode).toBe(200);
    expect(sockets.closed).toContain('unlucky');
  });
});

function taskEvents(taskId: string, key: string): Record<string, unknown>[] {
  const states = [
    ['PENDING', 'Pending', '2026-11-24T05:00:00Z', { run_count: 0 }],
    ['RUNNING', 'Running', '2026-11-24T05:00:01Z', { run_count: 1, start_time: '2026-11-24T05:00:01Z' }],
    [
      'COMPLETED',
      'Completed',
      '2026-11-24T05:00:02.5Z',
      {
        run_count: 1,
        start_time: '2026-11-24T05:00:01Z',
        end_time: '2026-11-24T05:00:02.5+00:00',
        total_run_time: 1.5,
      },
    ],
  ] as const;
  return states.map(([type, name, occurred, fields], index) => ({
    id: `${taskId.slice(0, -2)}0${index}`,
    occurred,
    event: `prefect.task-run.${name}`,
    resource: {
      'prefect.resource.id': `prefect.task-run.${taskId}`,
      'prefect.resource.name': `${key}-0`,
      'prefect.orchestration': 'client',
    },
    related: [{ 'prefect.resource.id': `prefect.flow-run.${RUN}`, 'prefect.resource.role': 'flow-run' }],
    payload: {
      intended: { from: null, to: type },
      initial_state: null,
      validated_state: { type, name, message: '', state_details: {}, data: null },
      task_run: { name: `${key}-0`, task_key: key, dynamic_key: '0', tags: [], labels: {}, task_inputs: {}, ...fields },
    },
    follows: null,
  }));
}
