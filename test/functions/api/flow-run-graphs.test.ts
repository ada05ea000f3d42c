import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from '../../test-app.ts';

describe('the graph of a flow run', () => {
  let home: TestApp;
  let runId: string;
  const ids: Record<string, string> = {};
  beforeAll(async () => {
    home = await testApp();
    const post = async (path: string, body: unknown): Promise<string> => (await home.call('POST', path, body)).body.id;
    const flow_id = await post('/flows/', { name: 'inner' });
    runId = await post('/flow_runs/', { flow_id, name: 'outer', state: { type: 'RUNNING' } });
    const task = async (name: string, type: string, task_inputs = {}) => {
      home.advance(1);
      ids[name] = await post('/task_runs/', {
        ...{ flow_run_id: runId, task_key: 't', dynamic_key: name, name },
        ...{ state: { type }, task_inputs },
      });
    };
    const from = (name: string) => ({ input_type: 'task_run', id: ids[name] });
    await task('first', 'COMPLETED');
    await task('second', 'RUNNING', {
      x: [from('first'), from('first'), { input_type: 'constant', type: 'int' }],
      __parents__: [from('first')],
    });
    await task('tracker', 'RUNNING', { y: [from('second')] });
    ids['child'] = await post('/flow_runs/', {
      ...{ flow_id, name: 'child', parent_task_run_id: ids['tracker'], state: { type: 'RUNNING' } },
    });
    const artifact = (body: Record<string, unknown>) => post('/artifacts/', { flow_run_id: runId, ...body });
    await artifact({ key: 'k', type: 'markdown', data: 'old' });
    ids['progress'] = await artifact({ type: 'progress', data: 50, task_run_id: ids['first'] });
    ids['latest'] = await artifact({ key: 'k', type: 'markdown', data: 'new' });
    await artifact({ type: 'result', data: 'hidden' });
  });
  afterAll(() => home.close());

  const graph = async (query = '') => (await home.call('GET', `/flow_runs/${runId}/graph-v2${query}`)).body;

  it('has a node for each task run by its start, and one for a subflow in place of the task that tracks it', async () => {
    const { nodes, root_node_ids } = await graph();

    expect(nodes.map(([id, node]: [string, { kind: string; label: string }]) => [id, node.kind, node.label])).toEqual([
      [ids['first'], 'task-run', 'first'],
      [ids['second'], 'task-run', 'second'],
      [ids['child'], 'flow-run', 'inner / child'],
    ]);
    expect(root_node_ids).toEqual([ids['first']]);
  });

  it('draws an edge once for what a task took from another, and tells what it ran within', async () => {
    const nodes = Object.fromEntries((await graph()).nodes);

    expect(nodes[ids['second']!]).toMatchObject({
      parents: [{ id: ids['first'] }],
      children: [{ id: ids['child'] }],
      encapsulating: [{ id: ids['first'] }],
    });
    expect(nodes[ids['first']!].children).toEqual([{ id: ids['second'] }]);
  });

  it('shows artifacts at their task or at the run, the data of progress alone, and no results', async () => {
    const { artifacts, nodes } = await graph();

    expect(artifacts.map((shown: { is_latest: boolean; data: unknown }) => [shown.is_latest, shown.data])).toEqual([
      [false, null],
      [true, null],
    ]);
    expect(artifacts[1].id).toBe(ids['latest']);
    expect(nodes[0][1].artifacts).toEqual([
      expect.objectContaining({ id: ids['progress'], type: 'progress', is_latest: true, data: 50 }),
    ]);
  });

  it('leaves out what ended before `since`, and keeps what is going on', async () => {
    const { nodes } = await graph('?since=2100-01-01T00:00:00Z');

    expect(nodes.map(([id]: [string]) => id)).toEqual([ids['second'], ids['child']]);
  });

  it('tells the states of the run', async () => {
    expect((await graph()).states).toEqual([expect.objectContaining({ type: 'RUNNING', name: 'Running' })]);
  });

  it('is 404 for an unknown run, in its first form as well', async () => {
    const path = '/flow_runs/00000000-0000-0000-0000-000000000000';

    expect((await home.call('GET', `${path}/graph-v2`)).body).toEqual({
      exception_message: 'Flow run 00000000-0000-0000-0000-000000000000 not found',
    });
    expect((await home.call('GET', `${path}/graph`)).status).toBe(404);
  });

  it('names in its first form the task runs each one depends on', async () => {
    const { body } = await home.call('GET', `/flow_runs/${runId}/graph`);

    const second = body.find((task: { id: string }) => task.id === ids['second']);
    expect(second).toMatchObject({
      name: 'second',
      upstream_dependencies: [{ input_type: 'task_run', id: ids['first'] }],
      untrackable_result: false,
    });
  });
});
