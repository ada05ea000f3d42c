import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createFlowRun } from '../../../shared/operations/flow-runs/create-flow-run.ts';
import { setFlowRunState } from '../../../shared/operations/flow-runs/flow-runs.ts';
import { type TestApp, testApp } from '../../test-app.ts';

const UNKNOWN = '00000000-0000-4000-8000-000000000000';
const DUE = '2030-11-24T01:52:07.971417Z';
const at = (scheduled_time: string) => ({ type: 'SCHEDULED', name: 'Scheduled', state_details: { scheduled_time } });
const SYSTEM = { kind: 'system' } as const;

const SCHEMA = {
  type: 'object',
  required: ['q'],
  properties: { n: { type: 'integer', title: 'n' }, q: { type: 'string' } },
};
const TEMPLATE = {
  job_configuration: { command: '{{ command }}', must: '{{ must }}', stream_output: '{{ stream_output }}' },
  variables: {
    type: 'object',
    required: ['must'],
    properties: {
      must: { type: 'string' },
      command: { type: 'string' },
      stream_output: { type: 'boolean', default: true },
    },
  },
};

describe('a run of a deployment', () => {
  let home: TestApp;
  let id: string;
  let flowId: string;
  let count = 0;
  beforeAll(async () => {
    home = await testApp();
    await home.call('POST', '/work_pools/', { name: 'pool', type: 'process', base_job_template: TEMPLATE });
    await home.call('POST', '/work_pools/', { name: 'push', type: 'process:push', base_job_template: TEMPLATE });
    await home.call('POST', '/variables/', { name: 'question', value: 'from a variable' });
  });
  beforeEach(async () => {
    flowId = (await home.call('POST', '/flows/', { name: `flow-${++count}`, labels: { team: 'x' } })).body.id;
    id = await deploy({ work_pool_name: 'pool' });
  });
  afterAll(() => home.close());

  async function deploy(body: object): Promise<string> {
    const answer = await home.call('POST', '/deployments/', {
      name: 'd',
      flow_id: flowId,
      version: 'v7',
      tags: ['a', 'b'],
      labels: { me: 1 },
      parameters: { n: 1 },
      parameter_openapi_schema: SCHEMA,
      job_variables: { must: 'x', command: 'of the deployment' },
      ...body,
    });
    return answer.body.id;
  }
  const run = (body: object, deployment = id) =>
    home.call('POST', `/deployments/${deployment}/create_flow_run`, { parameters: { q: 'a' }, ...body });

  it('has the deployment’s defaults with the body on top', async () => {
    const answer = await run({
      tags: ['b', 'c'],
      labels: { u: 2 },
      job_variables: { command: 'of the run' },
      context: { c: 1 },
      state: { ...at(DUE), message: null, data: null },
      name: null,
    });

    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      name: expect.stringMatching(/^[a-z]+-[a-z]+$/),
      flow_id: flowId,
      deployment_id: id,
      deployment_version: 'v7',
      work_queue_name: 'default',
      work_pool_name: 'pool',
      parameters: { n: 1, q: 'a' },
      tags: ['a', 'b', 'c'],
      labels: { team: 'x', 'prefect.flow.id': flowId, me: 1, 'prefect.deployment.id': id, u: 2 },
      job_variables: { command: 'of the run' },
      context: { c: 1 },
      idempotency_key: null,
      state_type: 'SCHEDULED',
      state_name: 'Scheduled',
      expected_start_time: DUE,
      next_scheduled_start_time: DUE,
      auto_scheduled: false,
      run_count: 0,
    });
    expect((await home.call('GET', `/flow_runs/${answer.body.id}`)).body).toEqual(answer.body);
  });

  it('is scheduled now when no state is given, and any state may be', async () => {
    expect((await run({})).body).toMatchObject({ state_type: 'SCHEDULED', state_name: 'Scheduled' });
    expect((await run({ state: { type: 'RUNNING', name: 'Mine' } })).body).toMatchObject({
      state_name: 'Mine',
      run_count: 1,
    });
  });

  it('is made once for an idempotency key: 201, then 200 with the first', async () => {
    const first = await run({ idempotency_key: 'k', name: 'first' });
    const second = await run({ idempotency_key: 'k', name: 'second' });

    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body).toMatchObject({ id: first.body.id, name: 'first' });
  });

  it('hydrates its parameters: variables, JSON, templates', async () => {
    const answer = await run({
      parameters: {
        q: { __prefect_kind: 'workspace_variable', variable_name: 'question' },
        n: { __prefect_kind: 'json', value: { __prefect_kind: 'jinja', template: '{{ 40 + 2 }}' } },
      },
    });

    expect(answer.body.parameters).toEqual({ q: 'from a variable', n: 42 });
  });

  it('goes to the queue it names, which is made if it is missing', async () => {
    const answer = await run({ work_queue_name: 'other' });

    expect(answer.body.work_queue_name).toBe('other');
    expect((await home.call('GET', '/work_pools/pool/queues/other')).body.id).toBe(answer.body.work_queue_id);
  });

  it('is started by pushpool when its pool is a push pool, and only then', async () => {
    const pushed = await deploy({ name: 'pushed', work_pool_name: 'push' });

    const byWorker = await run({});
    const byPushpool = await run({}, pushed);

    const started = home.started.map(({ input }) => input.flow_run_id);
    expect(started).toContain(byPushpool.body.id);
    expect(started).not.toContain(byWorker.body.id);
  });

  it.each([
    [{ parameters: {} }, 409, "Error creating flow run: Validation failed. Failure reason: 'q' is a required property"],
    [
      { parameters: { q: 1 } },
      409,
      "Error creating flow run: Validation failed for field 'q'. Failure reason: 1 is not of type 'string'",
    ],
    [
      { parameters: { q: { __prefect_kind: 'workspace_variable', variable_name: 'nope' } } },
      400,
      "Error hydrating flow run parameters: Variable 'nope' not found in workspace.",
    ],
    [
      { job_variables: { stream_output: 'zz' } },
      422,
      "Error creating flow run: Validation failed for field 'stream_output'. Failure reason: 'zz' is not valid under any of the given schemas",
    ],
    [
      { job_variables: { must: null } },
      422,
      "Error creating flow run: Validation failed for field 'must'. Failure reason: None is not of type 'string'",
    ],
  ])('is refused with %j: %i', async (body, status, detail) => {
    const answer = await run(body);

    expect([answer.status, answer.body]).toEqual([status, { detail }]);
  });

  it('passes with parameters the schema does not know, and unchecked when the body says so', async () => {
    expect((await run({ parameters: { q: 'a', unknown: 1 } })).status).toBe(201);
    expect((await run({ parameters: { q: 1 }, enforce_parameter_schema: false })).status).toBe(201);
  });

  it('cannot name a queue when the deployment has no pool', async () => {
    const served = await deploy({ name: 'served', job_variables: {} });

    const answer = await run({ work_queue_name: 'x' }, served);

    expect([answer.status, answer.body.detail]).toEqual([
      400,
      `Cannot create flow run in work queue x because deployment ${served} is not associated with a work pool. Please remove work_pool_name and try again.`,
    ]);
    expect((await run({}, served)).body).toMatchObject({ work_pool_name: null, work_queue_id: null });
  });

  it('over 512 KiB of parameters is refused', async () => {
    const answer = await run({ parameters: { q: 'x'.repeat(512 * 1024) } });

    expect(answer.status).toBe(422);
    expect(answer.body.exception_detail[0]).toMatchObject({
      loc: ['body', 'parameters'],
      msg: 'Value error, Flow run parameters must be less than 524,288 bytes when serialized (got 524,296 bytes).',
    });
  });

  it('is made many at once, each for itself', async () => {
    const answer = await home.call('POST', `/deployments/${id}/create_flow_run/bulk`, [
      { parameters: { q: 'a' }, state: at(DUE) },
      { parameters: { q: 'a' }, state: at(DUE) },
      { parameters: { q: 1 } },
      { parameters: { q: 'a' }, job_variables: { stream_output: 'zz' } },
      { parameters: { q: { __prefect_kind: 'none' } } },
    ]);

    const [one, two, ...failed] = answer.body.results;
    expect([one.status, two.status]).toEqual(['CREATED', 'CREATED']);
    expect(one.flow_run_id).not.toBe(two.flow_run_id);
    expect(failed).toEqual(
      [
        "Parameter validation failed: Validation failed for field 'q'. Failure reason: 1 is not of type 'string'",
        "Error creating flow run: Validation failed for field 'stream_output'. Failure reason: 'zz' is not valid under any of the given schemas",
        "Missing 'value' key in __prefect object",
      ].map((error) => ({ flow_run_id: null, status: 'FAILED', error })),
    );
    const tooMany = await home.call('POST', `/deployments/${id}/create_flow_run/bulk`, Array(101).fill({}));
    expect([tooMany.status, tooMany.body]).toEqual([400, { detail: 'Cannot create more than 100 flow runs at once.' }]);
    expect((await home.call('POST', `/deployments/${UNKNOWN}/create_flow_run/bulk`, [])).status).toBe(404);
  });

  describe('asked for again without an idempotency key (rule 9)', () => {
    it('is the first one when the body carries a scheduled time of the client’s', async () => {
      const body = { state: at('2031-01-01T00:00:00.000001Z') };

      const answers = await Promise.all([run(body), run(body), run(body)]);

      expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
      expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    });

    it('is another one when the body differs, comes from elsewhere, or five minutes have passed', async () => {
      const body = { state: at('2031-01-01T00:00:00.000002Z') };
      const other = await deploy({ name: 'other', work_pool_name: 'pool' });

      const first = await run(body);
      const differs = await run({ ...body, tags: ['t'] });
      const elsewhere = await run(body, other);
      home.advance(301);
      const later = await run(body);

      const ids = [first, differs, elsewhere, later].map((answer) => answer.body.id);
      expect(new Set(ids).size).toBe(4);
    });

    it('is another one when the body carries no time', async () => {
      expect((await run({})).body.id).not.toBe((await run({})).body.id);
    });

    it('is the same child of a parent task while that is fresh and in its first state', async () => {
      const task = await home.call('POST', '/task_runs/', { flow_run_id: null, task_key: 't', dynamic_key: '0' });
      const parent = { parent_task_run_id: task.body.id };

      const first = await run(parent);
      const again = await run(parent);
      await setFlowRunState(home.app, SYSTEM, first.body.id, { type: 'CANCELLED' }, { force: true });
      const afterItMoved = await run(parent);
      home.advance(121);
      const later = await run(parent);

      expect([first.status, again.status, again.body.id]).toEqual([201, 200, first.body.id]);
      expect([afterItMoved.status, later.status]).toEqual([201, 201]);
    });
  });

  describe('that a schedule made', () => {
    const scheduled = async (deployment: string, time: string, name = 'Scheduled', auto = true) => {
      const { doc } = await createFlowRun(home.app, SYSTEM, {
        name: 'n',
        flow_id: flowId,
        deployment_id: deployment,
        parameters: {},
        tags: [],
        labels: {},
        auto_scheduled: auto,
        state: { type: 'SCHEDULED', name, state_details: { scheduled_time: time } },
      });
      return doc.id;
    };
    const exists = async (runId: string) => (await home.call('GET', `/flow_runs/${runId}`)).status === 200;
    const FUTURE = '2099-01-01T00:00:00.000000Z';
    const PAST = '2020-01-01T00:00:00.000000Z';

    it('stays when it has begun', async () => {
      const begun = await scheduled(id, FUTURE);
      await setFlowRunState(home.app, SYSTEM, begun, { type: 'PENDING' }, { force: true });

      await home.call('POST', `/deployments/${id}/pause_deployment`);

      expect(await exists(begun)).toBe(true);
    });

    it('goes with its deployment, manual or not; one that waits for a slot becomes Cancelled (rule 10)', async () => {
      const runs = [await scheduled(id, FUTURE), await scheduled(id, PAST, 'Scheduled', false)];
      const waiting = await scheduled(id, PAST, 'AwaitingConcurrencySlot');

      await home.call('DELETE', `/deployments/${id}`);

      expect(await Promise.all(runs.map(exists))).toEqual([false, false]);
      expect((await home.call('GET', `/flow_runs/${waiting}`)).body).toMatchObject({ state_type: 'CANCELLED' });
    });

    it('is handed to the process that serves the deployment, which makes it ready', async () => {
      const [due, later] = [await scheduled(id, PAST), await scheduled(id, FUTURE)];
      const other = await deploy({ name: 'other' });
      await scheduled(other, PAST);
      const ask = (body: object) =>
        home.call('POST', '/deployments/get_scheduled_flow_runs', { deployment_ids: [id], ...body });

      const soon = await ask({ scheduled_before: '2030-01-01T00:00:00Z' });
      const all = await ask({});

      expect(soon.body.map((one: { id: string }) => one.id)).toEqual([due]);
      expect(all.body.map((one: { id: string }) => one.id)).toEqual([due, later]);
      expect((await home.call('GET', `/deployments/${id}`)).body).toMatchObject({
        status: 'READY',
        last_polled: expect.any(String),
      });
    });
  });
});
