import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Event } from '../../../shared/domain/events/event.ts';
import { createApiKey } from '../../../shared/operations/access/api-keys.ts';
import { runToken } from '../../../shared/operations/access/run-tokens.ts';
import { publishEvents } from '../../../shared/operations/events/events.ts';
import { type TestApp, testApp } from '../../test-app.ts';
import { type Gateway, gateway } from './socket-client.ts';

describe('the token of a flow run', () => {
  let home: TestApp;
  let sockets: Gateway;
  let operator: Record<string, string>;
  let mine: { id: string; token: string };
  let child: string;
  let other: string;
  beforeAll(async () => {
    home = await testApp({ authRequired: true });
    sockets = gateway(home);
    const { key } = await createApiKey(home.app, { name: 'op', role: 'admin' });
    operator = { authorization: `Bearer ${key}` };
    const flow = await home.call('POST', '/flows/', { name: 'f' }, operator);
    const run = (headers: Record<string, string>) =>
      home.call('POST', '/flow_runs/', { flow_id: flow.body.id, state: { type: 'RUNNING' } }, headers);
    const id = (await run(operator)).body.id;
    mine = { id, token: await runToken(home.app, id, 1) };
    child = (await run(asRun())).body.id;
    other = (await run(operator)).body.id;
    await sockets.open('in', '/api/events/in', mine.token);
  });
  afterAll(() => home.close());

  const asRun = () => ({ authorization: `Bearer ${mine.token}` });
  const flowRunEvent = (name: string, run: string): Event => ({
    id: crypto.randomUUID(),
    occurred: home.app.clock.now().toISOString().replace('Z', '000Z'),
    event: name,
    resource: { 'prefect.resource.id': `prefect.flow-run.${run}` },
    related: [],
    payload: {},
    follows: null,
  });
  const taskEvent = (taskId: string, run: string | null): Event => ({
    ...flowRunEvent('prefect.task-run.Running', mine.id),
    resource: { 'prefect.resource.id': `prefect.task-run.${taskId}`, 'prefect.orchestration': 'client' },
    related: run ? [{ 'prefect.resource.id': `prefect.flow-run.${run}`, 'prefect.resource.role': 'flow-run' }] : [],
    payload: {
      validated_state: { type: 'RUNNING', name: 'Running', state_details: {} },
      task_run: { task_key: 't', dynamic_key: taskId, name: 't' },
    },
  });
  const exists = async (taskId: string) => (await home.call('GET', `/task_runs/${taskId}`, undefined, operator)).status;

  it('records task runs of its own run and of runs it created', async () => {
    const [own, ofChild] = [crypto.randomUUID(), crypto.randomUUID()];

    await sockets.send('in', taskEvent(own, mine.id));
    await sockets.send('in', taskEvent(ofChild, child));

    expect([await exists(own), await exists(ofChild)]).toEqual([200, 200]);
  });

  it('records nothing for other runs, and its socket lives on', async () => {
    const [foreign, nobodys] = [crypto.randomUUID(), crypto.randomUUID()];

    await sockets.send('in', taskEvent(foreign, other));
    await sockets.send('in', taskEvent(nobodys, null));
    await sockets.send('in', flowRunEvent('prefect.flow-run.Completed', other));

    expect([await exists(foreign), await exists(nobodys)]).toEqual([404, 404]);
    expect(sockets.closed).not.toContain('in');
    const found = await home.call(
      'POST',
      '/events/filter',
      { filter: { resource: { id: [`prefect.flow-run.${other}`] }, event: { name: ['prefect.flow-run.Completed'] } } },
      operator,
    );
    expect(found.body.total).toBe(0);
  });

  it('cannot take over a task run of another flow run by naming its id', async () => {
    const task = await home.call(
      'POST',
      '/task_runs/',
      { flow_run_id: other, task_key: 'theirs', dynamic_key: '0' },
      operator,
    );

    await sockets.send('in', taskEvent(task.body.id, mine.id));

    const read = await home.call('GET', `/task_runs/${task.body.id}`, undefined, operator);
    expect(read.body.state_name).toBe('Pending');
  });

  it('is refused by POST /events for other runs, and may send custom events', async () => {
    const refused = await home.call('POST', '/events', [flowRunEvent('prefect.flow-run.X', other)], asRun());
    const custom = await home.call(
      'POST',
      '/events',
      [{ ...flowRunEvent('team.thing', other), resource: { 'prefect.resource.id': 'team.1' } }],
      asRun(),
    );

    expect([refused.status, custom.status]).toEqual([403, 204]);
  });

  it('hears on /events/out of its own run and of runs it created alone, past and present', async () => {
    await publishEvents(
      home.app,
      [mine.id, child, other].map((id) => flowRunEvent('prefect.flow-run.Past', id)),
    );
    await sockets.open('out', '/api/events/out', mine.token);

    await sockets.send('out', { type: 'filter', filter: { event: { prefix: ['prefect.flow-run.'] } } });
    const past = sockets.take('out').map(runOf);
    await publishEvents(
      home.app,
      [mine.id, child, other].map((id) => flowRunEvent('prefect.flow-run.Now', id)),
    );
    const now = sockets.take('out').map(runOf);

    expect(new Set(past)).toEqual(new Set([mine.id, child]));
    expect(now.sort()).toEqual([mine.id, child].sort());
  });

  it('hears on /logs/out of its own tree alone, and writes and reads logs of it alone', async () => {
    const line = (run: string) => [
      { name: 'x', level: 20, message: run, timestamp: '2026-11-24T05:00:00Z', flow_run_id: run },
    ];
    await sockets.open('logs', '/api/logs/out', mine.token);
    await sockets.send('logs', { type: 'filter', filter: {} });

    const own = await home.call('POST', '/logs/', line(child), asRun());
    const foreign = await home.call('POST', '/logs/', line(other), asRun());
    await home.call('POST', '/logs/', line(other), operator);

    expect([own.status, foreign.status]).toEqual([201, 403]);
    expect(sockets.take('logs').map((message) => (message['log'] as { message: string }).message)).toEqual([child]);
    const read = (run: string) =>
      home.call('POST', '/logs/filter', { logs: { flow_run_id: { any_: [run] } } }, asRun());
    expect([(await read(child)).body.length, (await read(other)).status]).toEqual([1, 403]);
  });

  it('creates and moves task runs of its own tree alone', async () => {
    const create = (run: string) =>
      home.call('POST', '/task_runs/', { flow_run_id: run, task_key: 'rest', dynamic_key: '0' }, asRun());

    const [own, foreign] = [await create(mine.id), await create(other)];
    const theirs = await home.call(
      'POST',
      '/task_runs/',
      { flow_run_id: other, task_key: 'rest', dynamic_key: '0' },
      operator,
    );
    const moved = await home.call(
      'POST',
      `/task_runs/${theirs.body.id}/set_state`,
      { state: { type: 'FAILED' } },
      asRun(),
    );

    expect([own.status, foreign.status, moved.status]).toEqual([201, 403, 403]);
  });

  it('is refused at the handshake after its container has ended', async () => {
    await home.app.store.flowRuns.update(mine.id, (doc) => ({
      ...doc,
      life: {
        ...doc.life,
        ended: { at: home.app.clock.now().toISOString(), phase: 'ended', exitCode: 0, cause: null, message: '' },
      },
    }));
    home.advance(120);
    await sockets.connect('late', '/api/events/in');

    await sockets.send('late', { type: 'auth', token: mine.token });

    expect(sockets.take('late')).toEqual([{ type: 'auth_failure', reason: 'Invalid token' }]);
  });

  it('of nobody: a viewer’s key may listen but not send', async () => {
    const { key } = await createApiKey(home.app, { name: 'reader', role: 'viewer' });
    await sockets.connect('v-in', '/api/events/in');
    await sockets.connect('v-out', '/api/events/out');

    await sockets.send('v-in', { type: 'auth', token: key });
    await sockets.send('v-out', { type: 'auth', token: key });

    expect(sockets.take('v-in')[0]).toMatchObject({ type: 'auth_failure' });
    expect(sockets.take('v-out')).toEqual([{ type: 'auth_success' }]);
  });
});

function runOf(message: Record<string, unknown>): string {
  return (message['event'] as Event).resource['prefect.resource.id']!.slice('prefect.flow-run.'.length);
}
