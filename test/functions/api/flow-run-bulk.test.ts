import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from '../../test-app.ts';

describe('many flow runs at once', () => {
  let home: TestApp;
  let flowId: string;
  beforeAll(async () => {
    home = await testApp();
    flowId = (await home.call('POST', '/flows/', { name: 'f' })).body.id;
  });
  afterAll(() => home.close());

  const create = async (name: string, type: string) =>
    (await home.call('POST', '/flow_runs/', { flow_id: flowId, name, state: { type } })).body.id as string;
  const named = (...any_: string[]) => ({ flow_runs: { name: { any_ } } });

  it('are deleted as far as they match; a second call finds none', async () => {
    const [first, second] = [await create('a', 'RUNNING'), await create('b', 'COMPLETED')];
    await create('kept', 'COMPLETED');

    const deleted = await home.call('POST', '/flow_runs/bulk_delete', named('a', 'b'));

    expect(deleted.body.deleted.toSorted()).toEqual([first, second].toSorted());
    expect((await home.call('POST', '/flow_runs/bulk_delete', named('a', 'b'))).body).toEqual({ deleted: [] });
    expect((await home.call('POST', '/flow_runs/count', named('kept'))).body).toBe(1);
  });

  it('are at most 50 a call, the newest first', async () => {
    await create('limited', 'COMPLETED');
    const newest = await create('limited', 'COMPLETED');

    const one = await home.call('POST', '/flow_runs/bulk_delete', { ...named('limited'), limit: 1 });
    const over = await home.call('POST', '/flow_runs/bulk_delete', { limit: 51 });

    expect(one.body).toEqual({ deleted: [newest] });
    expect(over.body.exception_detail[0]).toMatchObject({ type: 'less_than_equal', loc: ['body', 'limit'] });
  });

  it('are not deleted by a filter that was misspelt', async () => {
    const answer = await home.call('POST', '/flow_runs/bulk_delete', { flow_runs: { nmae: { any_: ['a'] } } });

    expect([answer.status, answer.body.exception_detail[0].type]).toEqual([422, 'extra_forbidden']);
  });

  it('are proposed a state each, under the rules unless forced', async () => {
    const [waiting, running] = [await create('set-1', 'SCHEDULED'), await create('set-2', 'RUNNING')];
    const propose = async (force: boolean) => {
      const body = { ...named('set-1', 'set-2'), state: { type: 'PENDING' }, force };
      const { results } = (await home.call('POST', '/flow_runs/bulk_set_state', body)).body;
      return Object.fromEntries(
        results.map((result: { flow_run_id: string; status: string }) => [result.flow_run_id, result.status]),
      );
    };

    expect(await propose(false)).toEqual({ [waiting]: 'ACCEPT', [running]: 'ABORT' });
    expect(await propose(true)).toEqual({ [waiting]: 'ACCEPT', [running]: 'ACCEPT' });
  });
});

describe('flows', () => {
  it('take their deployments and runs with them when they are deleted', async () => {
    const home = await testApp();
    const flow = (await home.call('POST', '/flows/', { name: 'doomed' })).body;
    const deployment = (await home.call('POST', '/deployments/', { name: 'd', flow_id: flow.id })).body;
    const run = (await home.call('POST', '/flow_runs/', { flow_id: flow.id })).body;
    await home.call('POST', '/flows/', { name: 'kept' });

    const answer = await home.call('POST', '/flows/bulk_delete', { flows: { name: { any_: ['doomed'] } } });

    expect(answer.body).toEqual({ deleted: [flow.id] });
    for (const path of [`/flows/${flow.id}`, `/deployments/${deployment.id}`, `/flow_runs/${run.id}`]) {
      expect((await home.call('GET', path)).status).toBe(404);
    }
    expect((await home.call('POST', '/flows/count')).body).toBe(1);
    await home.close();
  });
});
