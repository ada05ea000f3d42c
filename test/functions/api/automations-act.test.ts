import { v7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import type { EventTrigger } from '../../../shared/domain/automation.ts';
import { repairAll } from '../../../shared/operations/repair.ts';
import { automate, eventsNamed, happened, home, homeForEach, reactive, send, settle } from './automations-world.ts';

homeForEach();

/** A flow run of a new deployment. */
async function flowRun(): Promise<{ runId: string; deploymentId: string }> {
  const flow = await home.call('POST', '/flows/', { name: 'shop' });
  const deployment = await home.call('POST', '/deployments/', {
    name: 'daily',
    flow_id: flow.body.id,
    parameter_openapi_schema: { type: 'object', properties: {} },
  });
  const run = await home.call('POST', `/deployments/${deployment.body.id}/create_flow_run`, {});
  return { runId: run.body.id, deploymentId: deployment.body.id };
}

describe('an automation with a Reactive trigger', () => {
  it('acts once for an event and says so in the events of the real server', async () => {
    const id = await automate(reactive(), [{ type: 'do-nothing' }]);
    const cause = happened();
    await send(cause);
    home.advance(1);
    await settle();
    const [triggered] = await eventsNamed('prefect.automation.triggered');
    expect(triggered.resource).toEqual({
      'prefect.resource.id': `prefect.automation.${id}`,
      'prefect.resource.name': 'watcher',
      'prefect.posture': 'Reactive',
    });
    expect(triggered.related).toEqual([
      { 'prefect.resource.id': `prefect.event.${cause.id}`, 'prefect.resource.role': 'triggering-event' },
    ]);
    expect(triggered.payload).toMatchObject({ triggering_labels: {}, triggering_event: { id: cause.id } });
    const actions = await eventsNamed('prefect.automation.action');
    expect(actions.map(({ event }) => event)).toEqual([
      'prefect.automation.action.triggered',
      'prefect.automation.action.executed',
    ]);
    expect(actions[0].follows).toBe(cause.id);
    expect(actions[1].follows).toBe(actions[0].id);
    expect(actions[1].resource['prefect.trigger-type']).toBe('event');
    expect(actions[1].payload).toMatchObject({ action_index: 0, action_type: 'do-nothing' });
  });

  it('counts events that come hours late', async () => {
    await automate(reactive({ threshold: 2, within: 30 }), [{ type: 'do-nothing' }]);
    const hoursAgo = (hours: number, seconds: number) =>
      new Date(home.app.clock.now().getTime() - hours * 3_600_000 + seconds * 1000).toISOString();
    for (const hours of [5, 2]) {
      await send(happened('order.placed', { occurred: hoursAgo(hours, 0) }));
      await send(happened('order.placed', { occurred: hoursAgo(hours, 1) }));
      await settle();
    }
    expect(await eventsNamed('prefect.automation.triggered')).toHaveLength(2);
  });

  it('counts anew after a silence of hours, while its old window is not removed yet', async () => {
    await automate(reactive({ threshold: 2, within: 30 }), [{ type: 'do-nothing' }]);
    await send(happened());
    home.advance(3 * 3600);
    await send(happened());
    expect(await eventsNamed('prefect.automation.triggered')).toHaveLength(0);
    await send(happened());
    await settle();
    expect(await eventsNamed('prefect.automation.triggered')).toHaveLength(1);
  });

  it('is not moved by an event that is sent twice, by other events, or while it is disabled', async () => {
    const id = await automate(reactive(), [{ type: 'do-nothing' }]);
    const cause = happened();
    await send(cause, cause, happened('order.paid'));
    await send(cause);
    await settle();
    await send(cause);
    await settle();
    expect(await eventsNamed('prefect.automation.triggered')).toHaveLength(1);
    await home.call('PATCH', `/automations/${id}`, { enabled: false });
    await send(happened());
    await settle();
    expect(await eventsNamed('prefect.automation.triggered')).toHaveLength(1);
  });

  it('counts in a bucket for each value of its labels, exactly under concurrent events', async () => {
    await automate(reactive({ threshold: 5, within: 60, for_each: ['prefect.resource.id'] }), [{ type: 'do-nothing' }]);
    const of = (order: string) => happened('order.placed', { resource: { 'prefect.resource.id': order } });
    const all = ['a', 'b'].flatMap((order) => Array.from({ length: 5 }, () => of(order)));
    await Promise.all([...all, of('c')].map((event) => send(event)));
    await settle();
    const fired = await eventsNamed('prefect.automation.triggered');
    expect(fired.map(({ payload }) => payload.triggering_labels['prefect.resource.id']).sort()).toEqual(['a', 'b']);
  });

  it('is made up for by the repair when the process died before a timer stood', async () => {
    await automate(reactive(), [{ type: 'do-nothing' }]);
    await send(happened());
    home.timers.clear();
    expect(await repairAll(home.app)).toBe(1);
    expect(await eventsNamed('prefect.automation.action.executed')).toHaveLength(1);
    expect(await repairAll(home.app)).toBe(0);
  });

  it('acts on what state changes of the server involve', async () => {
    await automate(reactive({ expect: ['prefect.flow-run.Running'] }), [
      { type: 'cancel-flow-run' },
      { type: 'pause-deployment', source: 'inferred' },
    ]);
    const { runId, deploymentId } = await flowRun();
    await home.call('POST', `/flow_runs/${runId}/set_state`, { state: { type: 'RUNNING' }, force: true });
    await settle();
    const run = await home.call('GET', `/flow_runs/${runId}`);
    expect(run.body.state.type).toMatch(/^CANCELL/);
    expect((await home.call('GET', `/deployments/${deploymentId}`)).body.paused).toBe(true);
  });

  it('runs a deployment once, with parameters from the event', async () => {
    const { deploymentId } = await flowRun();
    await automate(reactive(), [
      {
        type: 'run-deployment',
        source: 'selected',
        deployment_id: deploymentId,
        parameters: {
          order: '{{ event.resource.id }}',
          total: '{{ event.payload.total }}',
          note: 'of {{ event.event }}',
        },
      },
    ]);
    const before = (await home.call('POST', '/flow_runs/count', {})).body;
    await send(happened('order.placed', { payload: { total: 42 } }));
    await settle();
    const runs = (await home.call('POST', '/flow_runs/filter', { sort: 'ID_DESC' })).body;
    expect(runs).toHaveLength(before + 1);
    expect(runs[0].parameters).toEqual({ order: 'order.1', total: 42, note: 'of order.placed' });
    const [executed] = await eventsNamed('prefect.automation.action.executed');
    expect(executed.payload.status_code).toBe(201);
    expect(executed.related).toContainEqual({
      'prefect.resource.id': `prefect.flow-run.${runs[0].id}`,
      'prefect.resource.role': 'flow-run',
      'prefect.resource.name': runs[0].name,
    });
  });

  it('reports an action that cannot be done and goes on with the next', async () => {
    await automate(reactive(), [{ type: 'cancel-flow-run' }, { type: 'do-nothing' }]);
    await send(happened());
    await settle();
    const [failed] = await eventsNamed('prefect.automation.action.failed');
    expect(failed.payload).toMatchObject({ action_index: 0, reason: 'No flow run could be inferred' });
    expect(await eventsNamed('prefect.automation.action.executed')).toHaveLength(1);
  });

  it('is cut off when automations go round in a circle', async () => {
    await automate(reactive({ expect: ['prefect.automation.*', 'order.placed'] }), [{ type: 'do-nothing' }]);
    await send(happened());
    await settle();
    expect((await eventsNamed('prefect.automation.triggered')).length).toBeLessThan(40); // the event and the automation's own creation each go round
    expect(home.logged).toContainEqual(expect.objectContaining({ message: 'A loop of automations is cut off.' }));
  });
});

describe('an automation with a Proactive trigger', () => {
  it('fires by one timer when what it expects has not come in time', async () => {
    const trigger = { posture: 'Proactive', after: ['order.placed'], expect: ['order.paid'], within: 60 };
    await automate(reactive({ ...trigger, for_each: ['prefect.resource.id'] }), [{ type: 'do-nothing' }]);
    const [late, paid] = ['order.1', 'order.2'].map((order) => ({ resource: { 'prefect.resource.id': order } }));
    await send(happened('order.placed', late), happened('order.placed', paid));
    home.advance(30);
    await send(happened('order.paid', paid));
    await settle();
    expect(await eventsNamed('prefect.automation.triggered')).toEqual([]);
    home.advance(30);
    await settle();
    const [fired, ...more] = await eventsNamed('prefect.automation.triggered');
    expect(fired.payload.triggering_labels).toEqual({ 'prefect.resource.id': 'order.1' });
    expect(more).toEqual([]);
    expect(home.timers.size).toBe(0);
  });

  it('marks a flow run as crashed whose heartbeat stays away, by one timer at a time', async () => {
    const { runId } = await flowRun();
    await home.call('POST', `/flow_runs/${runId}/set_state`, { state: { type: 'RUNNING' }, force: true });
    const beat = 'prefect.flow-run.heartbeat';
    const trigger = { posture: 'Proactive', after: [beat], expect: [beat, 'prefect.flow-run.Completed'], within: 90 };
    await automate(reactive({ ...trigger, for_each: ['prefect.resource.id'] }), [
      { type: 'change-flow-run-state', state: 'CRASHED', message: 'No heartbeat.' },
    ]);
    const resource = { 'prefect.resource.id': `prefect.flow-run.${runId}` };
    for (let minute = 0; minute < 5; minute++) {
      await send(happened(beat, { resource }));
      expect([...home.timers.keys()].filter((name) => name.startsWith('bucket-'))).toHaveLength(1);
      home.advance(60);
      await settle();
    }
    expect((await home.call('GET', `/flow_runs/${runId}`)).body.state.type).toBe('RUNNING');
    home.advance(31);
    await settle();
    const { state } = (await home.call('GET', `/flow_runs/${runId}`)).body;
    expect(state).toMatchObject({ type: 'CRASHED', message: 'No heartbeat.' });
    expect(await eventsNamed('prefect.automation.triggered')).toHaveLength(1);
    expect([...home.timers.keys()].filter((name) => name.startsWith('bucket-'))).toEqual([]);
  });

  it('keeps a window open from its enabling when it waits for no event, and none once it is disabled', async () => {
    const id = await automate(reactive({ posture: 'Proactive', within: 60 }), [{ type: 'do-nothing' }]);
    home.advance(61);
    await settle();
    expect(await eventsNamed('prefect.automation.triggered')).toHaveLength(1);
    await send(happened());
    home.advance(61);
    await settle();
    expect(await eventsNamed('prefect.automation.triggered')).toHaveLength(1);
    await home.call('PATCH', `/automations/${id}`, { enabled: false });
    home.advance(61);
    await settle();
    expect(home.timers.size).toBe(0);
  });
});

describe('an automation with a composite trigger', () => {
  const holding = (type: string, more: object = {}) => ({
    type,
    within: 60,
    triggers: [reactive({ expect: ['first'] }), reactive({ expect: ['second'] })],
    ...more,
  });
  const fired = async () => {
    await settle();
    return (await eventsNamed('prefect.automation.triggered')).length;
  };
  const next = (name: string) => {
    home.advance(1);
    return send(happened(name));
  };

  it('fires once all have fired in its time, in any order, and begins anew', async () => {
    await automate(holding('compound', { require: 'all' }), [{ type: 'do-nothing' }]);
    await next('second');
    expect(await fired()).toBe(0);
    await next('first');
    expect(await fired()).toBe(1);
    await next('first');
    expect(await fired()).toBe(1);
    home.advance(120);
    await next('second');
    expect(await fired()).toBe(1);
    await next('first');
    expect(await fired()).toBe(2);
  });

  it.each(['deleted', 'given another trigger'])('leaves nothing in the table when it is %s', async (how) => {
    const id = await automate(holding('compound', { require: 'all' }), [{ type: 'do-nothing' }]);
    const automation = (await home.call('GET', `/automations/${id}`)).body;
    await next('first');
    await settle();
    const told = () => home.app.store.automationBuckets.read(automation.trigger.id, []);
    expect((await told())?.doc.children?.firings).toHaveLength(1);

    if (how === 'deleted') await home.call('DELETE', `/automations/${id}`);
    else await home.call('PUT', `/automations/${id}`, { name: 'watcher', trigger: reactive(), actions: [] });

    expect(await told()).toBeNull();
  });

  it('fires at each of them when any is enough', async () => {
    await automate(holding('compound', { require: 'any' }), [{ type: 'do-nothing' }]);
    await next('first');
    await next('second');
    expect(await fired()).toBe(2);
  });

  it('fires once when the same events come again, together and doubled', async () => {
    await automate(holding('compound', { require: 2 }), [{ type: 'do-nothing' }]);
    const both = [happened('first'), happened('second')];
    await Promise.all([...both, ...both].map((event) => send(event)));
    await send(...both);
    expect(await fired()).toBe(1);
  });

  it('fires in a sequence only for the order of its triggers', async () => {
    await automate(holding('sequence'), [{ type: 'do-nothing' }]);
    await next('second');
    await next('first');
    expect(await fired()).toBe(0);
    await next('second');
    expect(await fired()).toBe(1);
    const [event] = await eventsNamed('prefect.automation.triggered');
    expect(event.resource).not.toHaveProperty('prefect.posture');
  });
});

describe('the cost of automations', () => {
  it('is nothing while nothing happens, and one small read per class of events where there are none', async () => {
    await send(happened('warm.up'));
    home.advance(6);
    home.consumed.length = 0;
    await send(happened('one'), happened('two'), happened('three'));
    const queries = home.consumed.filter(({ operation }) => operation === 'query');
    expect(queries.reduce((sum, { units }) => sum + units, 0)).toBeLessThanOrEqual(5);
  });

  it('is no call and no timer for a thousand that wait for events', async () => {
    const first = await home.app.store.automations.get(await automate(reactive(), [{ type: 'do-nothing' }]));
    for (let index = 1; index < 1000; index++) {
      const trigger = { ...(first!.trigger as EventTrigger), id: v7(), expect: [`order.${index}`] };
      await home.app.store.automations.create({ ...first!, id: v7(), trigger });
    }
    home.consumed.length = 0;
    home.advance(24 * 3600);
    await settle();
    expect(home.consumed).toEqual([]);
    expect(home.timers.size).toBe(0);
  }, 120_000);
});
