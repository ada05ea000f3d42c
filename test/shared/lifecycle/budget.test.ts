import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PushHome, pushHome } from './pushed-run.ts';

/**
 * What a run costs in DynamoDB, in units as the engine reports them, index entries included. A change that breaks a line raises the number in the same
 * commit and says why.
 */
describe('the DynamoDB budget of a run', () => {
  let push: PushHome;
  beforeAll(async () => {
    push = await pushHome();
    await road(); // what is read once per process is read now
  });
  afterAll(() => push.home.close());

  async function units(work: () => Promise<unknown>): Promise<number> {
    const before = push.home.consumed.length;
    await work();
    return push.home.consumed.slice(before).reduce((sum, { units: used }) => sum + used, 0);
  }

  async function road(): Promise<Record<string, number>> {
    const used: Record<string, number> = {};
    let id = '';
    used['create'] = await units(async () => {
      id = await push.create();
    });
    const input = push.execution(id);
    used['prepare'] = await units(() => push.step('prepare', input));
    used['submit'] = await units(() => push.step('submit', input, 'token'));
    const token = await push.asRun(id, 1);
    used['first word'] = await units(() => push.home.call('GET', `/flow_runs/${id}`, undefined, token));
    used['read'] = await units(() => push.home.call('GET', `/flow_runs/${id}`, undefined, token));
    used['running'] = await units(() => push.setState(id, { type: 'RUNNING' }, token));
    used['logs'] = await units(() =>
      push.home.call(
        'POST',
        '/logs/',
        [{ name: 'a', level: 20, message: 'm', timestamp: '2026-11-24T00:00:00Z', flow_run_id: id }],
        token,
      ),
    );
    used['completed'] = await units(() => push.setState(id, { type: 'COMPLETED' }, token));
    used['finish'] = await units(() => push.step('finish', input));
    used['container ends'] = await units(() => push.containerEnds(id, 1, { exitCode: 0 }));
    return used;
  }

  it('stays a handful of units for every call, and under 105 for the whole road', async () => {
    const used = await road();

    const within = (name: string, most: number) => expect(used[name], name).toBeLessThanOrEqual(most);
    within('create', 18);
    within('prepare', 23);
    // One of them is the run's entry in the watch over its pool; the last is the token with which it waits.
    within('submit', 13);
    within('read', 2);
    // Two of them are the new place in the list of all runs by start (decision 052).
    within('running', 12);
    within('logs', 3);
    // Three of them are the end's new place in the list that is counted, and the mark of its hour (decision 051).
    within('completed', 13);
    within('finish', 6);
    within('container ends', 12);
    expect(Object.values(used).reduce((sum, value) => sum + value, 0)).toBeLessThan(105);
  });
});
