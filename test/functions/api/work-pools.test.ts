import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from '../../test-app.ts';

const TEMPLATE = {
  job_configuration: { command: '{{ command }}', cpu: '{{ cpu }}' },
  variables: { type: 'object', properties: { command: { type: 'string' }, cpu: { type: 'integer', default: 1 } } },
};

describe('work pools', () => {
  let home: TestApp;
  beforeAll(async () => {
    home = await testApp();
  });
  afterAll(() => home.close());

  it('are created with a default queue and all the fields clients parse', async () => {
    const made = await home.call('POST', '/work_pools/', {
      name: 'first',
      type: 'process',
      base_job_template: TEMPLATE,
    });

    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      id: expect.any(String),
      created: expect.any(String),
      updated: expect.any(String),
      name: 'first',
      description: null,
      type: 'process',
      base_job_template: TEMPLATE,
      is_paused: false,
      concurrency_limit: null,
      status: 'NOT_READY',
      default_queue_id: expect.any(String),
      storage_configuration: {
        bundle_upload_step: null,
        bundle_execution_step: null,
        default_result_storage_block_id: null,
      },
      active_slots: null,
    });
    const queue = await home.call('GET', '/work_pools/first/queues/default');
    expect(queue.body).toMatchObject({
      id: made.body.default_queue_id,
      description: "The work pool's default queue.",
      priority: 1,
      work_pool_name: 'first',
    });
  });

  it('refuse a second pool of the same name, and a name that Prefect reserves', async () => {
    await home.call('POST', '/work_pools/', { name: 'twice', type: 'process' });

    const again = await home.call('POST', '/work_pools/', { name: 'twice', type: 'ecs:push' });
    const reserved = await home.call('POST', '/work_pools/', { name: 'Prefect-x', type: 'process' });
    const empty = await home.call('POST', '/work_pools/', { name: ' ', type: 'process' });

    expect([again.status, again.body]).toEqual([409, { detail: 'A work pool with this name already exists.' }]);
    expect([reserved.status, reserved.body]).toEqual([
      403,
      { detail: "Work pools starting with 'Prefect' are reserved for internal use." },
    ]);
    expect([empty.status, empty.body.exception_detail[0].msg]).toEqual([
      422,
      'Value error, name cannot be an empty string',
    ]);
  });

  it('of a push type are READY without any worker, and start with the template of their type', async () => {
    const made = await home.call('POST', '/work_pools/', { name: 'pushed', type: 'process:push' });

    expect(made.body.status).toBe('READY');
    expect(made.body.base_job_template.job_configuration.working_dir).toBe('{{ working_dir }}');
  });

  it('say which variable a template uses without declaring it', async () => {
    const template = { job_configuration: { a: '{{ b }}' }, variables: { properties: { c: {} } } };

    const answer = await home.call('POST', '/work_pools/', {
      name: 'bad',
      type: 'process',
      base_job_template: template,
    });

    expect(answer.status).toBe(422);
    expect(answer.body.exception_detail[0]).toMatchObject({ type: 'value_error', loc: ['body', 'base_job_template'] });
    expect(answer.body.exception_detail[0].msg).toMatch(/uses the following undeclared variable\(s\): b\.$/);
  });

  it('refuse defaults that break their own schema, schemas that are none, and blocks that are not there', async () => {
    const create = (property: unknown) =>
      home.call('POST', '/work_pools/', {
        name: 'bad-default',
        type: 'process',
        base_job_template: { job_configuration: { a: '{{ b }}' }, variables: { properties: { b: property } } },
      });

    const wrong = await create({ type: 'integer', default: 'x' });
    const noSchema = await create({ type: 'integr' });
    const noBlock = await create({ default: { $ref: { block_document_id: '11111111-1111-4111-8111-111111111111' } } });

    expect([wrong.status, wrong.body.detail]).toEqual([
      422,
      "Validation failed for work pool's job variable defaults: Validation failed for field 'b'. Failure reason: 'x' is not valid under any of the given schemas",
    ]);
    expect([noSchema.status, noSchema.body.detail]).toEqual([
      422,
      "Invalid schema: 'integr' is not valid under any of the given schemas",
    ]);
    expect([noBlock.status, noBlock.body.detail]).toEqual([404, 'Block not found.']);
  });

  it('change only in what is sent; null clears the limit', async () => {
    await home.call('POST', '/work_pools/', { name: 'changing', type: 'process:push', concurrency_limit: 3 });

    const paused = await home.call('PATCH', '/work_pools/changing', { is_paused: true });
    const between = await home.call('GET', '/work_pools/changing');
    await home.call('PATCH', '/work_pools/changing', { concurrency_limit: null, is_paused: false });
    const after = await home.call('GET', '/work_pools/changing');

    expect(paused.status).toBe(204);
    expect(between.body).toMatchObject({ status: 'PAUSED', is_paused: true, concurrency_limit: 3, active_slots: 0 });
    expect(after.body).toMatchObject({
      status: 'READY',
      is_paused: false,
      concurrency_limit: null,
      active_slots: null,
    });
  });

  it('are found by name, type and id, counted, and paged by name', async () => {
    for (const name of ['f-b', 'f-a', 'f-c']) await home.call('POST', '/work_pools/', { name, type: 'kubernetes' });

    const filter = { work_pools: { type: { any_: ['kubernetes'] } } };
    const page = await home.call('POST', '/work_pools/filter', { ...filter, limit: 2, offset: 1 });
    const count = await home.call('POST', '/work_pools/count', filter);
    const tooMany = await home.call('POST', '/work_pools/filter', { limit: 201 });

    expect(page.body.map((pool: { name: string }) => pool.name)).toEqual(['f-b', 'f-c']);
    expect(count.body).toBe(3);
    expect([tooMany.status, tooMany.body.detail]).toEqual([422, 'Invalid limit: must be less than or equal to 200.']);
  });

  it('take their queues and workers with them when deleted', async () => {
    const made = await home.call('POST', '/work_pools/', { name: 'short-lived', type: 'process' });
    await home.call('POST', '/work_pools/short-lived/workers/heartbeat', { name: 'w' });

    const deleted = await home.call('DELETE', '/work_pools/short-lived');

    expect(deleted.status).toBe(204);
    expect((await home.call('GET', `/work_queues/${made.body.default_queue_id}`)).status).toBe(404);
    expect((await home.call('GET', '/work_pools/short-lived')).body).toEqual({
      detail: 'Work pool "short-lived" not found.',
    });
    await home.call('POST', '/work_pools/', { name: 'short-lived', type: 'process' });
    expect((await home.call('POST', '/work_pools/short-lived/workers/filter', {})).body).toEqual([]);
  });

  it('are answered to Prefect 3.3.7 and older without the key those clients refuse', async () => {
    await home.call('POST', '/work_pools/', { name: 'for-old', type: 'process' });
    const read = async (version: string) => {
      const headers = { 'user-agent': `prefect/${version} (API 0.8.4)` };
      const one = await home.call('GET', '/work_pools/for-old', undefined, headers);
      const many = await home.call(
        'POST',
        '/work_pools/filter',
        { work_pools: { name: { any_: ['for-old'] } } },
        headers,
      );
      return [one.body, many.body[0]].map((pool) => Object.keys(pool.storage_configuration).length);
    };

    expect(await read('3.1.8')).toEqual([2, 2]);
    expect(await read('3.3.7')).toEqual([2, 2]);
    expect(await read('3.4.0')).toEqual([3, 3]);
  });

  it('make their default queue again when their creator died before it', async () => {
    const made = await home.call('POST', '/work_pools/', { name: 'half-made', type: 'process' });
    await home.app.store.workQueues.delete(made.body.default_queue_id);

    const queue = await home.call('GET', '/work_pools/half-made/queues/default');

    expect([queue.status, queue.body.id]).toEqual([200, made.body.default_queue_id]);
  });
});

describe('workers', () => {
  let home: TestApp;
  beforeAll(async () => {
    home = await testApp();
    await home.call('POST', '/work_pools/', { name: 'p', type: 'process' });
  });
  afterAll(() => home.close());

  it('make their pool ready while they send heartbeats, and go offline after three missed ones', async () => {
    const beat = { name: 'w1', heartbeat_interval_seconds: 10 };

    const answer = await home.call('POST', '/work_pools/p/workers/heartbeat', beat);
    const online = await home.call('GET', '/work_pools/p');
    const listed = await home.call('POST', '/work_pools/p/workers/filter', { offset: null, limit: null });
    home.advance(31);
    const offline = await home.call('GET', '/work_pools/p');
    const none = await home.call('POST', '/work_pools/p/workers/filter', { workers: { status: { any_: ['ONLINE'] } } });

    expect([answer.status, online.body.status, offline.body.status]).toEqual([204, 'READY', 'NOT_READY']);
    expect(listed.body).toEqual([
      {
        id: expect.any(String),
        created: expect.any(String),
        updated: expect.any(String),
        name: 'w1',
        work_pool_id: online.body.id,
        last_heartbeat_time: expect.any(String),
        heartbeat_interval_seconds: 10,
        status: 'ONLINE',
      },
    ]);
    expect(none.body).toEqual([]);
  });

  it('keep their id over heartbeats, and can be deleted once', async () => {
    const ids = async () =>
      (await home.call('POST', '/work_pools/p/workers/filter', {})).body.map(({ id }: { id: string }) => id);
    await home.call('POST', '/work_pools/p/workers/heartbeat', { name: 'w1' });
    const before = await ids();
    await home.call('POST', '/work_pools/p/workers/heartbeat', { name: 'w1' });

    const after = await ids();
    const deleted = await home.call('DELETE', '/work_pools/p/workers/w1');
    const again = await home.call('DELETE', '/work_pools/p/workers/w1');

    expect(after).toEqual(before);
    expect([deleted.status, again.status, again.body]).toEqual([204, 404, { detail: 'Worker not found.' }]);
  });
});
