import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repairAll } from '../../../shared/operations/repair.ts';
import { type PushHome, pushHome, running } from '../lifecycle/pushed-run.ts';

describe('the bus of state changes', () => {
  let push: PushHome;
  beforeAll(async () => {
    push = await pushHome();
  });
  afterAll(() => push.home.close());
  const told = (id: string) => push.home.bus.filter((change) => change.flow_run.id === id);

  it('is told of every state of a run, in order, with its surroundings', async () => {
    const { id } = await running(push, { tags: ['t'] });
    await push.setState(id, { type: 'COMPLETED', message: 'fine' }, await push.asRun(id, 1));

    const changes = told(id);
    expect(changes.map(({ state, previous_state }) => [previous_state?.name, state.type, state.name])).toEqual([
      [undefined, 'SCHEDULED', 'Scheduled'],
      ['Scheduled', 'PENDING', 'Pending'],
      ['Pending', 'RUNNING', 'Running'],
      ['Running', 'COMPLETED', 'Completed'],
    ]);
    expect(changes.at(-1)).toMatchObject({
      flow_run: { name: expect.any(String), tags: ['t'], run_count: 1, end_time: expect.any(String) },
      state: { message: 'fine', timestamp: expect.stringMatching(/Z$/) },
      flow: { name: 'flow' },
      deployment: { name: 'd' },
      work_pool: { name: 'push', type: 'process:push' },
      work_queue: { name: 'default' },
    });
  });

  it('never hears of parameters', async () => {
    const id = await push.create({ parameters: { secret: 'swordfish' }, enforce_parameter_schema: false });

    expect(JSON.stringify(told(id))).not.toContain('swordfish');
  });

  it('that fails is told later: the run goes on meanwhile (rule 2)', async () => {
    const { put } = push.home.app.bus;
    const bus = push.home.app.bus as { put: typeof put };
    bus.put = () => Promise.reject(new Error('throttled'));
    const id = await push.create();
    bus.put = put;
    expect(told(id)).toEqual([]);

    await repairAll(push.home.app);

    expect(told(id)).toHaveLength(1);
  });
});
