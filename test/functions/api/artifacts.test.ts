import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiKey } from '../../../shared/operations/access/api-keys.ts';
import { runToken } from '../../../shared/operations/access/run-tokens.ts';
import { type TestApp, testApp } from '../../test-app.ts';

interface Row {
  id: string;
  key: string | null;
}

describe('artifacts', () => {
  let home: TestApp;
  beforeAll(async () => {
    home = await testApp();
  });
  afterAll(() => home.close());

  const create = async (body: Record<string, unknown>) => (await home.call('POST', '/artifacts/', body)).body;
  const latest = (key: string) => home.call('GET', `/artifacts/${key}/latest`);
  const ids = async (path: string, body: unknown) =>
    (await home.call('POST', path, body)).body.map((row: Row) => row.id);

  it('keep any JSON data and are read by id', async () => {
    const data = [{ a: 1, b: null }, { a: 2.5 }];

    const made = await home.call('POST', '/artifacts/', { type: 'table', description: '# hi', data });

    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      id: expect.any(String),
      created: expect.any(String),
      updated: made.body.created,
      key: null,
      type: 'table',
      description: '# hi',
      data,
      metadata_: null,
      flow_run_id: null,
      task_run_id: null,
    });
    expect((await home.call('GET', `/artifacts/${made.body.id}`)).body).toEqual(made.body);
  });

  it('keep data that is larger than an item of the table', async () => {
    const data = Array.from({ length: 20_000 }, () => crypto.randomUUID()).join();

    const made = await create({ key: 'large', data });

    expect((await home.call('GET', `/artifacts/${made.id}`)).body.data).toBe(data);
  });

  it('cut long values of metadata at 500 characters', async () => {
    const made = await create({ metadata_: { long: 'x'.repeat(501), short: 'y' } });

    expect(made.metadata_).toEqual({ long: `${'x'.repeat(500)}...`, short: 'y' });
  });

  it('are versions of one thing when they have one key, of which the newest is the latest', async () => {
    const first = await create({ key: 'versions', data: 1, type: 'markdown', description: 'one' });
    const row = (await latest('versions')).body;
    home.advance(1);
    const second = await create({ key: 'versions', data: 2 });

    const { body } = await latest('versions');

    expect(body).toEqual({ ...second, id: row.id, created: first.created });
    expect(await ids('/artifacts/filter', { artifacts: { key: { any_: ['versions'] } } })).toEqual([
      second.id,
      first.id,
    ]);
  });

  it('leave the newest the latest however many are created at once', async () => {
    const made = await Promise.all([1, 2, 3, 4, 5].map((data) => create({ key: 'at-once', data })));

    const [row] = (await home.call('POST', '/artifacts/latest/filter', { artifacts: { key: { any_: ['at-once'] } } }))
      .body;
    expect(row.latest_id).toBe(
      made
        .map(({ id }) => id)
        .sort()
        .at(-1),
    );
  });

  it('change only in the keys that are sent, the latest of their key with them', async () => {
    const made = await create({ key: 'progress', type: 'progress', data: 0, description: 'loading' });
    home.advance(1);

    const answer = await home.call('PATCH', `/artifacts/${made.id}`, { data: 42.5 });
    const nulled = await home.call('PATCH', `/artifacts/${made.id}`, { description: null });

    expect([answer.status, nulled.status]).toEqual([204, 204]);
    const { body } = await home.call('GET', `/artifacts/${made.id}`);
    expect(body).toMatchObject({ data: 42.5, description: null, type: 'progress', created: made.created });
    expect(body.updated > made.updated).toBe(true);
    expect((await latest('progress')).body).toMatchObject({ data: 42.5, updated: body.updated });
  });

  it('show the version before when the latest is deleted, and nothing after the last; the next one begins anew', async () => {
    const first = await create({ key: 'deleted', data: 1 });
    home.advance(1);
    const second = await create({ key: 'deleted', data: 2 });

    expect((await home.call('DELETE', `/artifacts/${second.id}`)).status).toBe(204);
    expect((await latest('deleted')).body).toMatchObject({ data: 1, created: first.created });

    expect((await home.call('DELETE', `/artifacts/${first.id}`)).status).toBe(204);
    expect((await latest('deleted')).status).toBe(404);
    expect(await ids('/artifacts/latest/filter', { artifacts: { key: { any_: ['deleted'] } } })).toEqual([]);

    const third = await create({ key: 'deleted', data: 3 });
    expect((await latest('deleted')).body).toMatchObject({ data: 3, created: third.created });
  });

  it('answer 404 when they do not exist', async () => {
    const path = '/artifacts/00000000-0000-0000-0000-000000000000';
    const answers = [
      await home.call('GET', path),
      await home.call('PATCH', path, { data: 1 }),
      await home.call('DELETE', path),
      await latest('nobody'),
    ];

    for (const answer of answers)
      expect([answer.status, answer.body]).toEqual([404, { detail: 'Artifact not found.' }]);
  });

  it('announce what happens to their key', async () => {
    const made = await create({ key: 'announced', data: 'x', type: 'markdown' });
    await create({ key: 'announced' });

    const filter = { event: { prefix: ['prefect.artifact-collection'] }, resource: {} };
    const { body } = await home.call('POST', '/events/filter', { filter: { ...filter, order: 'ASC' }, limit: 50 });
    const ours = body.events.filter(
      (event: { resource: Record<string, string> }) => event.resource['prefect.resource.name'] === 'announced',
    );

    expect(ours.map((event: { event: string }) => event.event).sort()).toEqual([
      'prefect.artifact-collection.created',
      'prefect.artifact-collection.updated',
    ]);
    expect(ours.find((event: { event: string }) => event.event.endsWith('created'))).toMatchObject({
      payload: { key: 'announced', type: 'markdown', data: 'x', description: null },
      related: [{ 'prefect.resource.id': `prefect.artifact.${made.id}`, 'prefect.resource.role': 'latest' }],
    });
  });

  it('take keys of any length, of lowercase letters, numbers and dashes', async () => {
    const key = `long-${'k1-'.repeat(900)}`;
    const made = await create({ key, data: 1 });

    const found = await home.call('POST', '/artifacts/latest/filter', { artifacts: { key: { any_: [key] } } });

    expect(found.body.map((row: { latest_id: string }) => row.latest_id)).toEqual([made.id]);
    const refused = await home.call('POST', '/artifacts/', { key: 'Not A Key', data: 1 });
    expect(refused.body.exception_detail[0].msg).toContain('must only contain lowercase letters, numbers, and dashes.');
  });
});

describe('lists of artifacts', () => {
  let home: TestApp;
  let flow: Row;
  let run: Row;
  let task: Row;
  const made: Record<string, Row> = {};
  beforeAll(async () => {
    home = await testApp();
    const post = async (path: string, body: unknown) => (await home.call('POST', path, body)).body;
    flow = await post('/flows/', { name: 'maker' });
    run = await post('/flow_runs/', { flow_id: flow.id, name: 'made-it', state: { type: 'RUNNING' } });
    task = await post('/task_runs/', { flow_run_id: run.id, task_key: 't', dynamic_key: '1', name: 'tasky' });
    made['a'] = await post('/artifacts/', { key: 'a-key', type: 'markdown', flow_run_id: run.id });
    made['b'] = await post('/artifacts/', { key: 'b-key', type: 'table', flow_run_id: run.id, task_run_id: task.id });
    made['c'] = await post('/artifacts/', { key: 'c-key', type: 'markdown' });
    home.advance(1);
    made['none'] = await post('/artifacts/', { type: 'link' });
    made['a2'] = await post('/artifacts/', { key: 'a-key', type: 'link' });
  });
  afterAll(() => home.close());

  const names = async (path: string, body?: unknown) => {
    const answer = await home.call('POST', path, body);
    const idOf = (row: { id: string; latest_id?: string }) => row.latest_id ?? row.id;
    return answer.body.map((row: Row) => Object.keys(made).find((name) => made[name]!.id === idOf(row)));
  };

  it.each([
    [{}, ['a2', 'none', 'c', 'b', 'a']],
    [{ limit: 2, offset: 1 }, ['none', 'c']],
    [{ artifacts: { key: { like_: 'A-' } } }, ['a2', 'a']],
    [{ artifacts: { key: { exists_: false } } }, ['none']],
    [{ artifacts: { type: { any_: ['markdown'] } } }, ['c', 'a']],
    [{ artifacts: { type: { not_any_: ['markdown', 'link'] } } }, ['b']],
    [{ artifacts: { operator: 'or_', type: { any_: ['table'] }, key: { any_: ['c-key'] } } }, ['c', 'b']],
    [{ artifacts: { key: { any_: [] } } }, []],
    [{ flow_runs: { name: { any_: ['made-it'] } } }, ['b', 'a']],
    [{ flows: { name: { any_: ['maker'] } } }, ['b', 'a']],
    [{ task_runs: { name: { like_: 'TASK' } } }, ['b']],
    [{ deployments: { name: { like_: 'x' } } }, []],
    [{ sort: 'KEY_ASC', artifacts: { key: { exists_: true } } }, ['a2', 'a', 'b', 'c']],
    [{ sort: 'UPDATED_DESC', limit: 2 }, ['a2', 'none']],
  ])('answer %j with %j', async (body, expected) => {
    expect(await names('/artifacts/filter', body)).toEqual(expected);
  });

  it('are read by their ids, by flow run and by task run', async () => {
    const by = (artifacts: unknown) => names('/artifacts/filter', { artifacts });

    expect(await by({ id: { any_: [made['a']!.id, made['c']!.id] } })).toEqual(['c', 'a']);
    expect(await by({ flow_run_id: { any_: [run.id] } })).toEqual(['b', 'a']);
    expect(await by({ task_run_id: { any_: [task.id] } })).toEqual(['b']);
    expect(await names('/artifacts/filter', { flow_runs: { id: { any_: [run.id] } } })).toEqual(['b', 'a']);
  });

  it.each([
    [{ sort: 'KEY_ASC' }, ['a2', 'b', 'c']],
    [{ sort: 'KEY_DESC', limit: 1 }, ['c']],
    [{ sort: 'UPDATED_DESC', limit: 1 }, ['a2']],
    [{ artifacts: { type: { any_: ['markdown'] } } }, ['c']],
    [{ artifacts: { key: { like_: 'b' } } }, ['b']],
    [{ flow_runs: { name: { any_: ['made-it'] } } }, ['b']],
  ])('answer %j with the latest %j', async (body, expected) => {
    expect(await names('/artifacts/latest/filter', body)).toEqual(expected);
  });

  it('are counted', async () => {
    const count = async (path: string, body?: unknown) => (await home.call('POST', path, body)).body;

    expect(await count('/artifacts/count')).toBe(5);
    expect(await count('/artifacts/count', { artifacts: { type: { any_: ['link'] } } })).toBe(2);
    expect(await count('/artifacts/latest/count', {})).toBe(3);
    expect(await count('/artifacts/latest/count', { flows: { name: { any_: ['maker'] } } })).toBe(1);
  });

  it('refuse unknown keys in filters and limits over 200', async () => {
    const unknown = await home.call('POST', '/artifacts/latest/filter', { artifacts: { id: { any_: [] } } });
    const limit = await home.call('POST', '/artifacts/filter', { limit: 201 });

    expect(unknown.body.exception_detail[0].type).toBe('extra_forbidden');
    expect(limit.body).toEqual({ detail: 'Invalid limit: must be less than or equal to 200.' });
  });
});

describe("a run token's artifacts", () => {
  it('belong to its own runs: others are neither made nor changed by it', async () => {
    const home = await testApp({ authRequired: true });
    const { key } = await createApiKey(home.app, { name: 'op', role: 'admin' });
    const operator = { authorization: `Bearer ${key}` };
    const flow = await home.call('POST', '/flows/', { name: 'f' }, operator);
    const running = { flow_id: flow.body.id, state: { type: 'RUNNING' } };
    const [mine, other] = [
      (await home.call('POST', '/flow_runs/', running, operator)).body.id,
      (await home.call('POST', '/flow_runs/', running, operator)).body.id,
    ];
    const asRun = { authorization: `Bearer ${await runToken(home.app, mine, 1)}` };
    const foreign = await home.call('POST', '/artifacts/', { flow_run_id: other }, operator);

    const own = await home.call('POST', '/artifacts/', { flow_run_id: mine }, asRun);

    expect(own.status).toBe(201);
    expect((await home.call('PATCH', `/artifacts/${own.body.id}`, { data: 1 }, asRun)).status).toBe(204);
    expect((await home.call('POST', '/artifacts/', { flow_run_id: other }, asRun)).status).toBe(403);
    expect((await home.call('PATCH', `/artifacts/${foreign.body.id}`, { data: 1 }, asRun)).status).toBe(403);
    expect((await home.call('DELETE', `/artifacts/${own.body.id}`, undefined, asRun)).status).toBe(403);
    await home.close();
  });
});
