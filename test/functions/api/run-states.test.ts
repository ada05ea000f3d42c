import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from '../../test-app.ts';

describe('a state by its id', () => {
  let home: TestApp;
  beforeAll(async () => {
    home = await testApp();
  });
  afterAll(() => home.close());

  it('is found for a flow run, past states too', async () => {
    const flow = (await home.call('POST', '/flows/', { name: 'f' })).body;
    const run = (await home.call('POST', '/flow_runs/', { flow_id: flow.id })).body;
    await home.call('POST', `/flow_runs/${run.id}/set_state`, { state: { type: 'RUNNING' } });

    for (const state of (await home.call('GET', `/flow_run_states/?flow_run_id=${run.id}`)).body) {
      expect((await home.call('GET', `/flow_run_states/${state.id}`)).body).toEqual(state);
    }
  });

  it('is found for a task run whose client reported it', async () => {
    const [id, taskId] = [home.app.clock.newId(), home.app.clock.newId()];
    const occurred = home.app.clock.now().toISOString();
    await home.call('POST', '/events', [
      {
        ...{ id, occurred, event: 'prefect.task-run.Running' },
        resource: { 'prefect.resource.id': `prefect.task-run.${taskId}`, 'prefect.orchestration': 'client' },
        payload: {
          validated_state: { type: 'RUNNING', name: 'Running', state_details: {} },
          task_run: { task_key: 't', dynamic_key: taskId, name: 't' },
        },
      },
    ]);

    const { body } = await home.call('GET', `/task_run_states/${id}`);

    expect(body).toMatchObject({ id, type: 'RUNNING' });
  });

  it('is found for a task run on which it was set over REST', async () => {
    const made = await home.call('POST', '/task_runs/', { task_key: 't', dynamic_key: 'set' });
    const set = await home.call('POST', `/task_runs/${made.body.id}/set_state`, { state: { type: 'RUNNING' } });

    const { status, body } = await home.call('GET', `/task_run_states/${set.body.state.id}`);

    expect([status, body]).toEqual([200, set.body.state]);
  });

  it('is 404 when nothing has it', async () => {
    for (const id of ['00000000-0000-0000-0000-000000000000', home.app.clock.newId()]) {
      const answer = await home.call('GET', `/flow_run_states/${id}`);
      expect([answer.status, answer.body]).toEqual([404, { detail: 'Flow run state not found' }]);
      expect((await home.call('GET', `/task_run_states/${id}`)).status).toBe(404);
    }
  });
});
