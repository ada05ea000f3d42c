import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from '../../test-app.ts';

const SCHEMA = { type: 'object', properties: { n: { type: 'integer', title: 'n' } } };
const TEMPLATE = {
  job_configuration: { command: '{{ command }}', stream_output: '{{ stream_output }}' },
  variables: {
    type: 'object',
    properties: { command: { type: 'string' }, stream_output: { type: 'boolean', default: true } },
  },
};
const UNKNOWN = '00000000-0000-4000-8000-000000000000';

describe('deployments', () => {
  let home: TestApp;
  let flow: { id: string; name: string };
  let count = 0;
  beforeAll(async () => {
    home = await testApp();
    for (const [name, type] of [
      ['pool', 'process'],
      ['push', 'process:push'],
    ]) {
      await home.call('POST', '/work_pools/', { name, type, base_job_template: TEMPLATE });
    }
  });
  beforeEach(async () => {
    flow = (await home.call('POST', '/flows/', { name: `flow-${++count}`, labels: { team: 'x' } })).body;
  });
  afterAll(() => home.close());

  const deploy = (body: object) => home.call('POST', '/deployments/', { name: 'd', flow_id: flow.id, ...body });
  const read = async (id: string) => (await home.call('GET', `/deployments/${id}`)).body;

  it('are created with all their fields, in the default queue of their pool', async () => {
    const answer = await deploy({
      work_pool_name: 'pool',
      schedules: [{ schedule: { cron: '0 0 * * *', timezone: 'UTC', day_or: true }, slug: null, replaces: null }],
      concurrency_limit: 2,
      tags: ['a'],
      labels: { me: 1 },
      parameters: { n: 1 },
      parameter_openapi_schema: SCHEMA,
      job_variables: { command: 'x' },
      pull_steps: [{ step: {} }],
      entrypoint: 'flow.py:hello',
      version: 'v1',
      version_info: { type: 'prefect:simple', version: 'v1' },
      a_key_of_a_newer_client: 1,
    });

    const id = expect.any(String);
    const times = { created: id, updated: id };
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      id,
      ...times,
      name: 'd',
      version: 'v1',
      description: null,
      flow_id: flow.id,
      paused: false,
      schedules: [
        {
          id,
          ...times,
          deployment_id: answer.body.id,
          schedule: { cron: '0 0 * * *', timezone: 'UTC', day_or: true },
          active: true,
          max_scheduled_runs: null,
          parameters: {},
          slug: null,
        },
      ],
      concurrency_limit: null,
      global_concurrency_limit: {
        id,
        ...times,
        active: true,
        name: `deployment:${answer.body.id}`,
        limit: 2,
        active_slots: 0,
        slot_decay_per_second: 0,
      },
      concurrency_options: null,
      job_variables: { command: 'x' },
      parameters: { n: 1 },
      tags: ['a'],
      labels: { team: 'x', 'prefect.flow.id': flow.id, me: 1 },
      work_queue_name: 'default',
      work_queue_id: id,
      last_polled: null,
      parameter_openapi_schema: SCHEMA,
      path: null,
      pull_steps: [{ step: {} }],
      entrypoint: 'flow.py:hello',
      storage_document_id: null,
      infrastructure_document_id: null,
      created_by: null,
      updated_by: null,
      work_pool_name: 'pool',
      status: 'NOT_READY',
      enforce_parameter_schema: true,
    });
    expect(await read(answer.body.id)).toEqual(answer.body);
    expect((await home.call('GET', `/deployments/name/${flow.name}/d`)).body).toEqual(answer.body);
  });

  it('deployed again keep what the body leaves out, but not parameters, labels and schedules', async () => {
    const first = await deploy({
      work_pool_name: 'pool',
      work_queue_name: 'fast',
      concurrency_limit: 2,
      tags: ['a'],
      labels: { me: 1 },
      parameters: { n: 1 },
      job_variables: { command: 'x' },
      schedules: [{ schedule: { interval: 60 } }],
    });

    const second = await deploy({ description: 'new' });

    expect(second.status).toBe(200);
    expect(second.body).toEqual({
      ...first.body,
      updated: expect.any(String),
      description: 'new',
      parameters: {},
      labels: { team: 'x', 'prefect.flow.id': flow.id },
      schedules: [],
    });
  });

  it('of a push pool are ready without a worker', async () => {
    const answer = await deploy({ work_pool_name: 'push' });

    expect(answer.body.status).toBe('READY');
  });

  it('make the queue they name, also in the pool for queues without a pool', async () => {
    const named = await deploy({ name: 'named', work_pool_name: 'pool', work_queue_name: 'made-by-deploy' });
    const legacy = await deploy({ name: 'legacy', work_queue_name: 'legacy' });

    const queue = await home.call('GET', '/work_pools/pool/queues/made-by-deploy');
    expect(named.body.work_queue_id).toBe(queue.body.id);
    expect(legacy.body).toMatchObject({ work_queue_name: 'legacy', work_pool_name: 'default-agent-pool' });
  });

  it.each([
    [{ work_pool_name: 'nope' }, 404, 'Work pool "nope" not found.'],
    [
      { work_pool_name: 'pool', job_variables: { stream_output: 'zz' } },
      422,
      "Error creating deployment: Validation failed for field 'stream_output'. Failure reason: 'zz' is not valid under any of the given schemas",
    ],
    [
      { storage_document_id: UNKNOWN },
      409,
      `Error creating deployment. Could not find storage block with id: ${UNKNOWN}. This usually occurs when applying a deployment specification that was built against a different Prefect database / workspace.`,
    ],
    [{ global_concurrency_limit_id: UNKNOWN }, 404, 'Concurrency limit not found'],
  ])('with %j are refused: %i', async (body, status, detail) => {
    const answer = await deploy(body);

    expect([answer.status, answer.body]).toEqual([status, { detail }]);
    expect((await home.call('GET', `/deployments/name/${flow.name}/d`)).status).toBe(404);
  });

  it('of an unknown flow are refused with 409', async () => {
    expect((await home.call('POST', '/deployments/', { name: 'd', flow_id: UNKNOWN })).status).toBe(409);
  });

  it.each([
    [
      { enforce_parameter_schema: true, parameter_openapi_schema: SCHEMA, parameters: { n: 'q' } },
      ['body'],
      "Value error, Validation failed for field 'n'. Failure reason: 'q' is not of type 'integer'",
    ],
    [{ concurrency_limit: 0 }, ['body', 'concurrency_limit'], 'Input should be greater than 0'],
    [
      { concurrency_options: { collision_strategy: 'X' } },
      ['body', 'concurrency_options', 'collision_strategy'],
      "Input should be 'ENQUEUE' or 'CANCEL_NEW'",
    ],
    [
      { concurrency_options: { collision_strategy: 'CANCEL_NEW', grace_period_seconds: 30 } },
      ['body', 'concurrency_options', 'grace_period_seconds'],
      'Input should be greater than or equal to 60',
    ],
    [{ paused: null }, ['body', 'paused'], 'Input should be a valid boolean'],
    [{ parameters: null }, ['body', 'parameters'], 'Input should be a valid dictionary'],
    [
      { schedules: [{ schedule: { cron: 'x' } }] },
      ['body', 'schedules', 0, 'schedule', 'cron'],
      'Value error, Invalid cron string: "x"',
    ],
    [
      { schedules: [{ schedule: { interval: 0 } }] },
      ['body', 'schedules', 0, 'schedule', 'interval'],
      'Value error, interval must be positive',
    ],
    [
      { schedules: [{ schedule: { cron: '* * * * *', interval: 1 } }] },
      ['body', 'schedules', 0, 'schedule', 'interval'],
      'Extra inputs are not permitted',
    ],
    [
      { schedules: [{ schedule: { cron: '* * * * *', timezone: 'Bogus' } }] },
      ['body', 'schedules', 0, 'schedule', 'timezone'],
      'Value error, Invalid timezone: "Bogus" (specify in IANA tzdata format, for example, America/New_York)',
    ],
    [
      { schedules: [{ schedule: { rrule: 'FREQ=NEVER' } }] },
      ['body', 'schedules', 0, 'schedule', 'rrule'],
      /^Value error, Invalid RRule string "FREQ=NEVER": /,
    ],
  ])('with %j are invalid', async (body, loc, msg) => {
    const answer = await deploy(body);

    expect(answer.status).toBe(422);
    const [problem] = answer.body.exception_detail;
    expect(problem.loc).toEqual(loc);
    expect(problem.msg).toMatch(msg);
  });

  it('change by PATCH only in the keys that are sent', async () => {
    const { body: made } = await deploy({ work_pool_name: 'pool', tags: ['a'], parameters: { n: 1 } });

    const answer = await home.call('PATCH', `/deployments/${made.id}`, {
      description: 'new',
      tags: ['b'],
      concurrency_limit: 3,
      concurrency_options: { collision_strategy: 'CANCEL_NEW' },
      parameters: { n: { __prefect_kind: 'json', value: '7' } },
    });

    expect(answer.status).toBe(204);
    expect(await read(made.id)).toEqual({
      ...made,
      updated: expect.any(String),
      description: 'new',
      tags: ['b'],
      global_concurrency_limit: expect.objectContaining({ limit: 3 }),
      concurrency_options: { collision_strategy: 'CANCEL_NEW', grace_period_seconds: null },
      parameters: { n: 7 },
    });
  });

  it('leave their pool when PATCH says null, and lose their limit when it says null', async () => {
    const { body: made } = await deploy({ work_pool_name: 'pool', concurrency_limit: 1 });

    await home.call('PATCH', `/deployments/${made.id}`, { work_pool_name: null, concurrency_limit: null });

    expect(await read(made.id)).toMatchObject({
      work_pool_name: null,
      work_queue_id: null,
      global_concurrency_limit: null,
    });
  });

  it.each([
    [
      { parameters: { n: 'q' } },
      409,
      "Error updating deployment: Validation failed for field 'n'. Failure reason: 'q' is not valid under any of the given schemas",
    ],
    [
      { parameters: { n: { __prefect_kind: 'workspace_variable', variable_name: 'nope' } } },
      400,
      "Error hydrating deployment parameters: Variable 'nope' not found in workspace.",
    ],
    [{ work_pool_name: 'nope' }, 404, 'Work pool "nope" not found.'],
  ])('refuse the PATCH %j with %i', async (body, status, detail) => {
    const { body: made } = await deploy({ parameter_openapi_schema: SCHEMA });

    const answer = await home.call('PATCH', `/deployments/${made.id}`, body);

    expect([answer.status, answer.body]).toEqual([status, { detail }]);
    expect(await read(made.id)).toEqual(made);
  });

  it('are unknown: 404 in Prefect’s words', async () => {
    const texts = await Promise.all(
      [
        ['GET', ''],
        ['DELETE', ''],
        ['PATCH', ''],
        ['GET', '/schedules'],
        ['POST', '/pause_deployment'],
        ['POST', '/create_flow_run'],
        ['GET', '/work_queue_check'],
      ].map(async ([method, path]) => {
        const answer = await home.call(method!, `/deployments/${UNKNOWN}${path}`, method === 'GET' ? undefined : {});
        return [answer.status, answer.body.detail];
      }),
    );

    expect(texts).toEqual([
      [404, 'Deployment not found'],
      [404, 'Deployment not found'],
      [404, 'Deployment not found.'],
      [404, 'Deployment not found.'],
      [404, 'Deployment not found'],
      [404, 'Deployment not found'],
      [404, 'Deployment not found'],
    ]);
  });

  it('pause and resume', async () => {
    const { body: made } = await deploy({});

    const paused = await home.call('POST', `/deployments/${made.id}/pause_deployment`);
    expect([paused.status, paused.body]).toEqual([200, null]);
    expect((await read(made.id)).paused).toBe(true);

    await home.call('POST', `/deployments/${made.id}/resume_deployment`, {});
    expect((await read(made.id)).paused).toBe(false);
  });

  it('are filtered, counted and paginated together with what they belong to', async () => {
    for (const name of ['c', 'a', 'b'])
      await deploy({ name, tags: [name], ...(name === 'a' && { work_pool_name: 'pool' }) });
    const names = async (body: object) =>
      (await home.call('POST', '/deployments/filter', { flows: { id: { any_: [flow.id] } }, ...body })).body.map(
        (deployment: { name: string }) => deployment.name,
      );

    expect(await names({})).toEqual(['a', 'b', 'c']);
    expect(await names({ sort: 'NAME_DESC', limit: 2, offset: 1 })).toEqual(['b', 'a']);
    expect(await names({ deployments: { tags: { any_: ['a', 'c'] } } })).toEqual(['a', 'c']);
    expect(await names({ work_pools: { name: { any_: ['pool'] } } })).toEqual(['a']);
    expect(await names({ deployments: { flow_or_deployment_name: { like_: flow.name } } })).toHaveLength(3);
    const flows = { flows: { name: { any_: [flow.name] } } };
    expect((await home.call('POST', '/deployments/count', flows)).body).toBe(3);
    expect((await home.call('POST', '/deployments/paginate', { ...flows, limit: 2, page: 2 })).body).toMatchObject({
      results: [{ name: 'c' }],
      count: 3,
      limit: 2,
      pages: 2,
      page: 2,
    });
  });

  it('are gone after DELETE, and their name is free', async () => {
    const { body: made } = await deploy({});

    expect((await home.call('DELETE', `/deployments/${made.id}`)).status).toBe(204);
    expect((await home.call('DELETE', `/deployments/${made.id}`)).status).toBe(404);
    expect((await deploy({})).status).toBe(201);
  });

  it('are deleted many at once, those that match', async () => {
    const [one, two, three] = await Promise.all(
      ['x1', 'x2', 'y'].map(async (name) => (await deploy({ name })).body.id),
    );

    const answer = await home.call('POST', '/deployments/bulk_delete', {
      deployments: { id: { any_: [one, two, three] }, name: { like_: 'x' } },
    });

    expect([answer.status, answer.body]).toEqual([200, { deleted: expect.arrayContaining([one, two]) }]);
    expect(answer.body.deleted).toHaveLength(2);
    expect((await home.call('GET', `/deployments/${three}`)).status).toBe(200);
    const misread = await home.call('POST', '/deployments/bulk_delete', { deployments: { nmae: { any_: ['y'] } } });
    expect(misread.status).toBe(422);
  });

  it('lose their queue when its pool is deleted', async () => {
    await home.call('POST', '/work_pools/', { name: 'short-lived', type: 'process' });
    const { body: made } = await deploy({ work_pool_name: 'short-lived' });

    await home.call('DELETE', '/work_pools/short-lived');

    expect(await read(made.id)).toMatchObject({ work_pool_name: null, work_queue_id: null });
  });
});
