import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiHandler } from '../../../functions/api/handler.ts';
import { httpEvent, type TestApp, testApp } from '../../test-app.ts';

describe("what only Prefect's web page asks", () => {
  let home: TestApp;
  let flowId: string;
  let runId: string;
  beforeAll(async () => {
    home = await testApp();
    flowId = (await home.call('POST', '/flows/', { name: 'f' })).body.id;
    runId = (await home.call('POST', '/flow_runs/', { flow_id: flowId, name: 'r', state: { type: 'RUNNING' } })).body
      .id;
    const task = async (key: string, type: string) =>
      (await home.call('POST', '/task_runs/', { flow_run_id: runId, task_key: key, dynamic_key: '0', state: { type } }))
        .body.id;
    await task('a', 'COMPLETED');
    await task('b', 'FAILED');
    const tracker = await task('c', 'RUNNING');
    await home.call('POST', '/flow_runs/', {
      flow_id: flowId,
      parent_task_run_id: tracker,
      state: { type: 'RUNNING' },
    });
  });
  afterAll(() => home.close());

  const post = async (path: string, body?: unknown) => (await home.call('POST', `/ui${path}`, body)).body;

  it('is told that nobody is to hear of what people do on it', async () => {
    const { body } = await home.call('GET', '/admin/settings');

    expect(body.server).toMatchObject({ analytics_enabled: false, ui: { show_promotional_content: false } });
  });

  it('are the settings, at the root of the host and without credentials', async () => {
    const event = httpEvent('GET', '');
    const { http } = event.requestContext;
    const asked = { ...event, rawPath: '/ui-settings', requestContext: { http: { ...http, path: '/ui-settings' } } };

    const answer = (await createApiHandler(home.app)(asked as never, {} as never)) as { body: string };

    expect(JSON.parse(answer.body)).toMatchObject({
      api_url: home.app.settings.apiUrl,
      csrf_enabled: false,
      auth: null,
    });
  });

  it('are runs for a chart', async () => {
    home.advance(5);

    const rows = await post('/flow_runs/history', { flow_runs: { id: { any_: [runId] } } });

    expect(rows).toEqual([
      { id: runId, state_type: 'RUNNING', timestamp: expect.any(String), duration: 5, lateness: 0 },
    ]);
    expect((await home.call('POST', '/ui/flow_runs/history', { limit: 1001 })).status).toBe(422);
  });

  it('are task runs by flow run, without those that track subflows', async () => {
    const other = home.app.clock.newId();

    expect(await post('/flow_runs/count-task-runs', { flow_run_ids: [runId, other] })).toEqual({
      [runId]: 2,
      [other]: 0,
    });
  });

  it('are deployments by flow', async () => {
    await home.call('POST', '/deployments/', { name: 'd', flow_id: flowId });
    const other = home.app.clock.newId();

    expect(await post('/flows/count-deployments', { flow_ids: [flowId, other] })).toEqual({ [flowId]: 1, [other]: 0 });
  });

  it('are the next runs by flow', async () => {
    const idle = (await home.call('POST', '/flows/', { name: 'idle' })).body.id;
    const schedule = async (scheduled_time: string) =>
      (
        await home.call('POST', '/flow_runs/', {
          ...{ flow_id: flowId, name: 'due', state: { type: 'SCHEDULED', state_details: { scheduled_time } } },
        })
      ).body.id;
    await schedule('2100-01-02T00:00:00Z');
    const first = await schedule('2100-01-01T00:00:00Z');

    const next = await post('/flows/next-runs', { flow_ids: [flowId, idle] });

    expect(next).toEqual({
      [flowId]: {
        ...{ id: first, flow_id: flowId, name: 'due', state_name: 'Scheduled', state_type: 'SCHEDULED' },
        next_scheduled_start_time: '2100-01-01T00:00:00.000000Z',
      },
      [idle]: null,
    });
  });

  it('are task runs by state', async () => {
    expect(await post('/task_runs/count')).toMatchObject({
      COMPLETED: 1,
      FAILED: 1,
      RUNNING: 1,
      PENDING: 0,
      PAUSED: 0,
    });
  });

  it('are ended task runs in twenty spans', async () => {
    const after_ = new Date(home.app.clock.now().getTime() - 3600_000).toISOString();
    const sum = (rows: { completed: number; failed: number }[]) =>
      rows.reduce((total, row) => [total[0]! + row.completed, total[1]! + row.failed], [0, 0]);

    const rows = await post('/task_runs/dashboard/counts', { task_runs: { start_time: { after_ } } });

    expect(rows).toHaveLength(20);
    // The completed task was born ended: it has no start, and so no place in time.
    expect(sum(rows)).toEqual([expect.any(Number), expect.any(Number)]);
    expect(await post('/task_runs/dashboard/counts', { task_runs: {} })).toEqual({
      detail: 'task_runs.start_time.after_ is required',
    });
  });

  it('is a task run with the name of its flow run', async () => {
    const [task] = (await home.call('POST', '/task_runs/filter', { limit: 1 })).body;

    const { body } = await home.call('GET', `/ui/task_runs/${task.id}`);

    expect(body).toMatchObject({ id: task.id, flow_run_name: 'r' });
  });
});

describe('values of a form', () => {
  let home: TestApp;
  beforeAll(async () => {
    home = await testApp();
    await home.call('POST', '/variables/', { name: 'seven', value: 7 });
  });
  afterAll(() => home.close());

  const schema = {
    type: 'object',
    properties: {
      n: { type: 'integer' },
      l: { type: 'array', items: { type: 'integer' } },
      o: { type: 'object', required: ['z'], properties: { z: { type: 'string' } } },
    },
    required: ['n'],
  };
  const check = async (values: unknown, of: unknown = schema) =>
    (await home.call('POST', '/ui/schemas/validate', { schema: of, values })).body;
  const variable = (variable_name: string) => ({ __prefect_kind: 'workspace_variable', variable_name });

  it('are valid when they fit, variables in their places', async () => {
    expect(await check({ n: variable('seven') })).toEqual({ errors: [], valid: true });
  });

  it('are told field by field what is wrong, a missing one at its place', async () => {
    expect(await check({ l: [1, 'x'], o: {} })).toEqual({
      valid: false,
      errors: [
        { property: 'l', errors: [{ index: 1, errors: ["'x' is not of type 'integer'"] }] },
        { property: 'o', errors: [{ property: 'z', errors: ["'z' is a required property"] }] },
        { property: 'n', errors: ["'n' is a required property"] },
      ],
    });
  });

  it('name a value that cannot be made, instead of what the schema says of it', async () => {
    expect(await check({ n: variable('nope') })).toEqual({
      valid: false,
      errors: [{ property: 'n', errors: ["Variable 'nope' not found in workspace."] }],
    });
  });

  it('are refused with a schema that is none', async () => {
    expect(await check({}, { type: 'zzz' })).toEqual({
      detail: "Invalid schema: 'zzz' is not valid under any of the given schemas",
    });
  });
});
