import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeState, type State } from '../../../shared/domain/states.ts';
import { recordEvents } from '../../../shared/operations/events/events.ts';
import { closeOpenTaskRuns } from '../../../shared/operations/task-runs/close-task-runs.ts';
import { forceTaskRunState } from '../../../shared/operations/task-runs/mirrored-states.ts';
import { type TestApp, testApp } from '../../test-app.ts';

const NOBODY = '00000000-0000-0000-0000-000000000000';

describe('task runs', () => {
  let home: TestApp;
  let flowId: string;
  let runId: string;
  beforeAll(async () => {
    home = await testApp();
    flowId = (await home.call('POST', '/flows/', { name: 'tasks' })).body.id;
  });
  beforeEach(async () => {
    runId = (await home.call('POST', '/flow_runs/', { flow_id: flowId, labels: { team: 'a' } })).body.id;
  });
  afterAll(() => home.close());

  const create = (body: object) => home.call('POST', '/task_runs/', { task_key: 't', dynamic_key: '0', ...body });

  it('are created once for a flow run, task key and dynamic key: 201, then 200 with the same', async () => {
    const first = await create({ flow_run_id: runId, name: 'one', labels: { own: 1 } });
    const second = await create({ flow_run_id: runId, name: 'two' });

    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body).toEqual(first.body);
    expect(first.body).toMatchObject({
      name: 'one',
      flow_run_id: runId,
      labels: { team: 'a', 'prefect.flow-run.id': runId, own: 1 },
      state_type: 'PENDING',
      run_count: 0,
      estimated_run_time: 0,
      state: { type: 'PENDING', state_details: { task_run_id: first.body.id, flow_run_id: runId } },
    });
    expect(first.body.expected_start_time).toBe(first.body.state.timestamp);
  });

  it('take the id and the state that the client gives', async () => {
    const id = crypto.randomUUID();

    const made = await create({ id, dynamic_key: id, state: { type: 'RUNNING' } });

    expect(made.body).toMatchObject({ id, state_type: 'RUNNING', run_count: 1, flow_run_id: null });
    expect(made.body.start_time).toBe(made.body.state.timestamp);
  });

  it('keep what their inputs were, by kind; what is no kind of input is refused', async () => {
    const [id, dynamic_key] = [crypto.randomUUID(), crypto.randomUUID()];
    const inputs = [{ id }, { input_type: 'flow_run', id }, { name: 'x' }, { input_type: 'constant', type: 'int' }];

    const made = await create({ dynamic_key, task_inputs: { a: inputs } });
    const refused = await create({ task_inputs: { a: [{ input_type: 'guess', id }] } });

    expect(made.body.task_inputs).toEqual({
      a: [
        { input_type: 'task_run', id },
        { input_type: 'flow_run', id },
        { input_type: 'parameter', name: 'x' },
        { input_type: 'constant', type: 'int' },
      ],
    });
    expect([refused.status, refused.body.exception_detail[0].loc]).toEqual([
      422,
      ['body', 'task_inputs', 'a', 0, 'input_type'],
    ]);
  });

  it('cannot belong to a flow run that does not exist', async () => {
    const made = await create({ flow_run_id: NOBODY });

    expect(made.status).toBe(409);
  });

  it('say which field is missing', async () => {
    const made = await home.call('POST', '/task_runs/', { task_key: 't' });

    expect(made.status).toBe(422);
    expect(made.body.exception_detail).toEqual([
      { type: 'missing', loc: ['body', 'dynamic_key'], msg: 'Field required', input: { task_key: 't' } },
    ]);
  });

  it('answer as Prefect does when there is none', async () => {
    const answers = [
      await home.call('GET', `/task_runs/${NOBODY}`),
      await home.call('PATCH', `/task_runs/${NOBODY}`, { name: 'x' }),
      await home.call('DELETE', `/task_runs/${NOBODY}`),
      await home.call('POST', `/task_runs/${NOBODY}/set_state`, { state: { type: 'RUNNING' } }),
      await home.call('GET', `/task_run_states/?task_run_id=${NOBODY}`),
    ];

    expect(answers.map(({ status, body }) => [status, body])).toEqual([
      [404, { detail: 'Task not found' }],
      [404, { detail: 'Task run not found' }],
      [404, { detail: 'Task not found' }],
      [404, { exception_message: `Task run with id ${NOBODY} not found` }],
      [200, []],
    ]);
  });

  it('are renamed and deleted', async () => {
    const { body } = await create({ flow_run_id: runId });

    const renamed = await home.call('PATCH', `/task_runs/${body.id}`, { name: 'new' });
    const read = await home.call('GET', `/task_runs/${body.id}`);
    const deleted = await home.call('DELETE', `/task_runs/${body.id}`);
    const again = await create({ flow_run_id: runId });

    expect([renamed.status, read.body.name, deleted.status]).toEqual([204, 'new', 204]);
    expect([again.status, again.body.id === body.id]).toEqual([201, false]);
  });

  it('take states over REST and keep their history', async () => {
    const { body } = await create({ state: { type: 'RUNNING' }, dynamic_key: crypto.randomUUID() });

    const done = await home.call('POST', `/task_runs/${body.id}/set_state`, { state: { type: 'COMPLETED' } });
    const refused = await home.call('POST', `/task_runs/${body.id}/set_state`, { state: { type: 'CRASHED' } });

    const states = await home.call('GET', `/task_run_states/?task_run_id=${body.id}`);
    expect([done.status, done.body.status, done.body.state.name]).toEqual([201, 'ACCEPT', 'Completed']);
    expect([refused.status, refused.body.status]).toEqual([200, 'ABORT']);
    expect(states.body.map((state: State) => state.type)).toEqual(['RUNNING', 'COMPLETED']);
  });

  it('are found by flow run, state and name, in the order asked for, a page at a time', async () => {
    for (const [number, type] of ['COMPLETED', 'RUNNING', 'COMPLETED'].entries()) {
      await create({ flow_run_id: runId, dynamic_key: String(number), name: `n${number}`, state: { type } });
    }
    const ofRun = { flow_runs: { id: { any_: [runId] } } };

    const all = await home.call('POST', '/task_runs/filter', { ...ofRun, sort: 'NAME_DESC' });
    const second = await home.call('POST', '/task_runs/filter', { ...ofRun, sort: 'NAME_ASC', limit: 1, offset: 1 });
    const completed = await home.call('POST', '/task_runs/count', {
      task_runs: { flow_run_id: { any_: [runId] }, state: { type: { any_: ['COMPLETED'] } } },
    });
    const ofFlow = await home.call('POST', '/task_runs/count', { flows: { id: { any_: [flowId] } } });
    const page = await home.call('POST', '/task_runs/paginate', { ...ofRun, limit: 2, page: 2, sort: 'NAME_ASC' });

    const names = (rows: { name: string }[]) => rows.map(({ name }) => name);
    expect(names(all.body)).toEqual(['n2', 'n1', 'n0']);
    expect(names(second.body)).toEqual(['n1']);
    expect(completed.body).toBe(2);
    expect((await home.call('POST', '/task_runs/count', ofRun)).body).toBe(3);
    expect(ofFlow.body).toBeGreaterThanOrEqual(3);
    expect(page.body).toMatchObject({ count: 3, limit: 2, pages: 2, page: 2 });
    expect(names(page.body.results)).toEqual(['n2']);
    expect(page.body.results[0]).not.toHaveProperty('dynamic_key');
  });

  it('come newest id first when nothing else is asked for', async () => {
    const ids = [];
    for (const key of ['x', 'y', 'z']) ids.push((await create({ flow_run_id: runId, task_key: key })).body.id);

    const found = await home.call('POST', '/task_runs/filter', { limit: 3 });

    expect(found.body.map(({ id }: { id: string }) => id)).toEqual(
      [...(await home.call('POST', '/task_runs/filter', {})).body.map(({ id }: { id: string }) => id)]
        .sort()
        .reverse()
        .slice(0, 3),
    );
    expect(ids).toHaveLength(3);
  });

  it('refuse an unknown filter key and a limit over 200', async () => {
    const unknown = await home.call('POST', '/task_runs/filter', { task_runs: { colour: {} } });
    const big = await home.call('POST', '/task_runs/filter', { limit: 201 });

    expect([unknown.status, unknown.body.exception_detail[0].type]).toEqual([422, 'extra_forbidden']);
    expect([big.status, big.body]).toEqual([422, { detail: 'Invalid limit: must be less than or equal to 200.' }]);
  });

  describe('of a subflow', () => {
    it('show the state of their child, once, and never an older one after a newer', async () => {
      const { body } = await create({ flow_run_id: runId });
      const child = crypto.randomUUID();
      const mirrored = (type: State['type'], second: number): State => ({
        ...makeState({ type }, crypto.randomUUID(), `2026-11-24T05:00:0${second}.123456Z`),
        state_details: { ...makeState({ type }, '', '').state_details, child_flow_run_id: child },
      });
      const [running, completed] = [mirrored('RUNNING', 1), mirrored('COMPLETED', 2)];

      await forceTaskRunState(home.app, body.id, running);
      await forceTaskRunState(home.app, body.id, completed);
      await forceTaskRunState(home.app, body.id, completed);
      await forceTaskRunState(home.app, body.id, mirrored('RUNNING', 1));

      const read = await home.call('GET', `/task_runs/${body.id}`);
      const states = await home.call('GET', `/task_run_states/?task_run_id=${body.id}`);
      expect(read.body).toMatchObject({ state_type: 'COMPLETED', run_count: 1 });
      expect(read.body.state.state_details).toMatchObject({ child_flow_run_id: child, task_run_id: body.id });
      expect(states.body.filter((state: State) => state.type === 'COMPLETED')).toHaveLength(1);
      const trackers = { task_runs: { flow_run_id: { any_: [runId] }, subflow_runs: { exists_: true } } };
      expect((await home.call('POST', '/task_runs/count', trackers)).body).toBe(1);
    });

    it('show the later of two states of the same millisecond', async () => {
      const { body } = await create({ flow_run_id: runId });
      const at = (type: State['type'], micros: string): State => ({
        ...makeState({ type }, crypto.randomUUID(), `2026-11-24T05:00:01.123${micros}Z`),
        state_details: { ...makeState({ type }, '', '').state_details, child_flow_run_id: runId },
      });

      for (let micros = 0; micros < 8; micros++) {
        await forceTaskRunState(home.app, body.id, at(micros === 7 ? 'COMPLETED' : 'RUNNING', `00${micros}`));
      }
      await forceTaskRunState(home.app, body.id, at('RUNNING', '006'));

      const read = await home.call('GET', `/task_runs/${body.id}`);
      expect(read.body).toMatchObject({ state_type: 'COMPLETED', state: { timestamp: '2026-11-24T05:00:01.123007Z' } });
    });

    it('are no error when the tracking task run is gone', async () => {
      const state = makeState({ type: 'RUNNING' }, crypto.randomUUID(), '2026-11-24T05:00:00.000000Z');

      expect(await forceTaskRunState(home.app, NOBODY, state)).toBe(false);
    });
  });

  describe('left open when the flow run has ended', () => {
    const end = '2026-11-24T05:10:00.000000Z';
    const message = 'The flow run ended before this task run reported its end.';

    it('are closed as Crashed at the flow run’s end, once', async () => {
      const open = crypto.randomUUID();
      await emit(open, 'RUNNING', '2026-11-24T05:09:00Z', { run_count: 1, total_run_time: 0 });

      const closed = await closeOpenTaskRuns(home.app, runId, end, message);
      const again = await closeOpenTaskRuns(home.app, runId, end, message);

      const read = await home.call('GET', `/task_runs/${open}`);
      expect([closed, again]).toEqual([1, 0]);
      expect(read.body).toMatchObject({ state_type: 'CRASHED', end_time: end, total_run_time: 60 });
      expect(read.body.state).toMatchObject({ message, timestamp: end });
    });

    it('follow any event that still arrives, however old, as if they had never been closed', async () => {
      const open = crypto.randomUUID();
      await emit(open, 'RUNNING', '2026-11-24T05:09:00Z', { run_count: 1, total_run_time: 0 });
      await closeOpenTaskRuns(home.app, runId, end, message);

      await emit(open, 'COMPLETED', '2026-11-24T05:09:30Z', { run_count: 1, total_run_time: 30 });

      const read = await home.call('GET', `/task_runs/${open}`);
      const states = await home.call('GET', `/task_run_states/?task_run_id=${open}`);
      expect(read.body).toMatchObject({ state_type: 'COMPLETED', total_run_time: 30, end_time: null });
      expect(states.body.map((state: State) => state.type)).toEqual(['RUNNING', 'COMPLETED']);
    });

    it('stay open when they are deferred or when their child run is still going', async () => {
      await create({
        flow_run_id: runId,
        task_key: 'deferred',
        state: { type: 'SCHEDULED', state_details: { deferred: true } },
      });
      const tracker = await create({ flow_run_id: runId, task_key: 'tracker' });
      await home.call('POST', '/flow_runs/', {
        flow_id: flowId,
        parent_task_run_id: tracker.body.id,
        state: { type: 'RUNNING' },
      });

      const closed = await closeOpenTaskRuns(home.app, runId, end, message);

      expect(closed).toBe(0);
    });
  });

  const emit = (taskId: string, type: string, occurred: string, fields: object) =>
    recordEvents(home.app, { kind: 'system' }, [
      {
        id: crypto.randomUUID(),
        occurred: occurred.replace('Z', '.000000Z'),
        event: `prefect.task-run.${type}`,
        resource: { 'prefect.resource.id': `prefect.task-run.${taskId}`, 'prefect.orchestration': 'client' },
        related: [{ 'prefect.resource.id': `prefect.flow-run.${runId}`, 'prefect.resource.role': 'flow-run' }],
        payload: {
          validated_state: { type, name: type, state_details: {} },
          task_run: { task_key: 'e', dynamic_key: taskId, name: 'e', ...fields },
        },
        follows: null,
      },
    ]);
});
