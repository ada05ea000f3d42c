import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from '../../test-app.ts';

describe('flow runs', () => {
  let home: TestApp;
  let flowId: string;
  beforeAll(async () => {
    home = await testApp();
    flowId = (await home.call('POST', '/flows/', { name: 'flow' })).body.id;
  });
  afterAll(() => home.close());

  const create = async (body: Record<string, unknown> = {}) =>
    (await home.call('POST', '/flow_runs/', { flow_id: flowId, ...body })).body;
  const propose = (id: string, state: Record<string, unknown>, force = false) =>
    home.call('POST', `/flow_runs/${id}/set_state`, { state, force });

  it('are Pending unless a state is given, and have a name of two words', async () => {
    const run = await create();

    expect(run.state_type).toBe('PENDING');
    expect(run.name).toMatch(/^[a-z]+-[a-z]+$/);
    expect(run.expected_start_time).toBe(run.state.timestamp);
  });

  it('may be born in any state', async () => {
    const run = await create({ state: { type: 'COMPLETED' } });

    expect([run.state_type, run.end_time !== null]).toEqual(['COMPLETED', true]);
  });

  it('are made once per flow and idempotency key: 201, then 200', async () => {
    const first = await home.call('POST', '/flow_runs/', { flow_id: flowId, idempotency_key: 'once' });
    const second = await home.call('POST', '/flow_runs/', { flow_id: flowId, idempotency_key: 'once' });

    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body.id).toBe(first.body.id);
  });

  it('are no children of a task run that does not exist', async () => {
    const parent = crypto.randomUUID();

    const answer = await home.call('POST', '/flow_runs/', { flow_id: flowId, parent_task_run_id: parent });

    expect([answer.status, answer.body.detail]).toEqual([
      409,
      `Task run ${parent} does not exist, so no flow run can be its child.`,
    ]);
  });

  it('answer set_state with 201 when the run has a new state, 200 when not, 404 when there is no run', async () => {
    const run = await create();

    const accepted = await propose(run.id, { type: 'RUNNING' });
    const refused = await propose(run.id, { type: 'PENDING' });
    const unknown = await propose('00000000-0000-0000-0000-000000000000', { type: 'RUNNING' });

    expect([accepted.status, accepted.body.status]).toEqual([201, 'ACCEPT']);
    expect([refused.status, refused.body.status]).toEqual([200, 'ABORT']);
    expect([unknown.status, unknown.body]).toEqual([
      404,
      { exception_message: 'Flow run with id 00000000-0000-0000-0000-000000000000 not found' },
    ]);
  });

  it('let exactly one of two clients that propose at once win; the other is decided on what the first made', async () => {
    const run = await create();

    const answers = await Promise.all([1, 2, 3, 4].map(() => propose(run.id, { type: 'PENDING', name: 'Submitting' })));

    expect(answers.filter((answer) => answer.body.status === 'ACCEPT')).toHaveLength(1);
    const states = await home.call('GET', `/flow_run_states/?flow_run_id=${run.id}`);
    expect(states.body).toHaveLength(1 + answers.filter((answer) => answer.status === 201).length);
  });

  it('take retries from a patched policy and keep what only the server decides', async () => {
    const run = await create();

    await home.call('PATCH', `/flow_runs/${run.id}`, {
      empirical_policy: { retries: 2, retry_delay: 5, resuming: true, retry_type: 'in_process', pause_keys: ['x'] },
    });

    const { body } = await home.call('GET', `/flow_runs/${run.id}`);
    expect(body.empirical_policy).toMatchObject({
      retries: 2,
      retry_delay: 5,
      resuming: false,
      retry_type: null,
      pause_keys: [],
    });
  });

  it('merge labels', async () => {
    const run = await create({ labels: { a: 1 } });

    await home.call('PATCH', `/flow_runs/${run.id}/labels`, { b: true });

    const { body } = await home.call('GET', `/flow_runs/${run.id}`);
    expect(body.labels).toMatchObject({ a: 1, b: true, 'prefect.flow.id': flowId });
  });

  it('refuse job variables once they are no longer scheduled', async () => {
    const run = await create();

    const answer = await home.call('PATCH', `/flow_runs/${run.id}`, { job_variables: { image: 'x' } });

    expect(answer.status).toBe(400);
  });

  it('are gone after DELETE', async () => {
    const run = await create();

    const deleted = await home.call('DELETE', `/flow_runs/${run.id}`);
    const read = await home.call('GET', `/flow_runs/${run.id}`);

    expect([deleted.status, read.status, read.body]).toEqual([204, 404, { detail: 'Flow run not found' }]);
  });

  describe('are listed', () => {
    it('by id: an empty list matches nothing', async () => {
      const run = await create();

      const one = await home.call('POST', '/flow_runs/filter', { flow_runs: { id: { any_: [run.id] } } });
      const none = await home.call('POST', '/flow_runs/filter', { flow_runs: { id: { any_: [] } } });

      expect(one.body.map((row: { id: string }) => row.id)).toEqual([run.id]);
      expect(none.body).toEqual([]);
    });

    it('newest first, in pages that neither repeat nor miss a run', async () => {
      const made: string[] = [];
      for (let count = 0; count < 5; count++) made.unshift((await create({ tags: ['paged'] })).id);
      const flow_runs = { tags: { all_: ['paged'] } };

      const pages = await Promise.all(
        [0, 2, 4].map((offset) => home.call('POST', '/flow_runs/filter', { flow_runs, limit: 2, offset })),
      );

      expect(pages.flatMap((page) => page.body.map((row: { id: string }) => row.id))).toEqual(made);
    });

    it('by parent task run, by state, and through their flow', async () => {
      const task = { flow_run_id: null, task_key: 't', dynamic_key: '0' };
      const parent = (await home.call('POST', '/task_runs/', task)).body.id;
      const run = await create({ parent_task_run_id: parent, state: { type: 'CRASHED' } });
      const ids = async (body: unknown) =>
        (await home.call('POST', '/flow_runs/filter', body)).body.map((row: { id: string }) => row.id);

      expect(await ids({ flow_runs: { parent_task_run_id: { any_: [parent] } } })).toEqual([run.id]);
      expect(await ids({ flow_runs: { state: { type: { any_: ['CRASHED'] } } } })).toEqual([run.id]);
      expect(await ids({ flows: { name: { any_: ['another'] } } })).toEqual([]);
    });

    it('refuse unknown filter keys and limits over 200', async () => {
      const unknown = await home.call('POST', '/flow_runs/filter', { flow_runs: { zzz: 1 } });
      const limit = await home.call('POST', '/flow_runs/filter', { limit: 201 });

      expect([unknown.status, unknown.body.exception_detail[0].type]).toEqual([422, 'extra_forbidden']);
      expect([limit.status, limit.body]).toEqual([
        422,
        { detail: 'Invalid limit: must be less than or equal to 200.' },
      ]);
    });

    it('counted by the same filters', async () => {
      const { body } = await home.call('POST', '/flow_runs/count', { flow_runs: { tags: { all_: ['paged'] } } });

      expect(body).toBe(5);
    });
  });
});
