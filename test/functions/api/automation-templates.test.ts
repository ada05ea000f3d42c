import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { timerFired } from '../../../shared/lifecycle/timer-fired.ts';
import type { TimerEvent } from '../../../shared/operations/events/timer-events.ts';
import { type TestApp, testApp } from '../../test-app.ts';

/** What a template of an action may name, as Prefect's documentation does, and what it is filled in with. */
describe('a template of an action', () => {
  let home: TestApp;
  let receiver: Server;
  const received: string[] = [];
  let deploymentId: string;
  let blockId: string;
  beforeAll(async () => {
    home = await testApp();
    receiver = createServer((request, response) => {
      let body = '';
      request.on('data', (part) => (body += part));
      request.on('end', () => {
        received.push(body);
        response.end();
      });
    });
    await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    await made('POST', '/work_pools/', { name: 'pool', type: 'process' });
    const { id: flow_id } = await made('POST', '/flows/', { name: 'shop' });
    const deployment = { name: 'daily', flow_id, work_pool_name: 'pool' };
    deploymentId = (await made('POST', '/deployments/', deployment)).id;
    const { id: block_type_id } = await made('GET', '/block_types/slug/webhook');
    const fields = { type: 'object', properties: {}, block_type_slug: 'webhook' };
    const { id: block_schema_id } = await made('POST', '/block_schemas/', { block_type_id, fields });
    const data = { method: 'POST', url };
    blockId = (await made('POST', '/block_documents/', { name: 'mine', data, block_type_id, block_schema_id })).id;
  });
  afterAll(async () => {
    receiver.close();
    await home.close();
  });

  async function made(method: string, path: string, body?: object) {
    const answer = await home.call(method, path, body);
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
    return answer.body;
  }

  const on = (event: string, more: object = {}) => ({
    type: 'event',
    posture: 'Reactive',
    expect: [event],
    threshold: 1,
    within: 0,
    ...more,
  });

  /** The template as a webhook gets it when a run has failed, and that run. */
  async function rendered(template: string, trigger: object = on('prefect.flow-run.Failed')) {
    const automation = await made('POST', '/automations/', {
      name: 'on failure',
      trigger,
      actions: [{ type: 'call-webhook', block_document_id: blockId, payload: template }],
    });
    const run = await made('POST', `/deployments/${deploymentId}/create_flow_run`, {});
    await home.call('POST', `/flow_runs/${run.id}/set_state`, {
      state: { type: 'FAILED', message: 'no' },
      force: true,
    });
    for (const [name, timer] of [...home.timers].filter(([, { at }]) => at <= home.app.clock.now())) {
      home.timers.delete(name);
      await timerFired(home.app, timer.payload as TimerEvent);
    }
    await home.call('DELETE', `/automations/${automation.id}`);
    return { text: received.pop(), run, automation };
  }

  it('links to the pages of what the event involves', async () => {
    const { text, run, automation } = await rendered(
      '{{ flow_run | ui_url }} {{ deployment|ui_url }} {{ flow|ui_url }} {{ work_pool|ui_url }} {{ automation|ui_url }} {{ event.resource|ui_url }}',
    );

    const pages = home.app.settings.apiUrl.replace('/api', '');
    expect(text?.split(' ')).toEqual([
      `${pages}/runs/flow-run/${run.id}`,
      `${pages}/deployments/deployment/${deploymentId}`,
      `${pages}/flows/flow/${run.flow_id}`,
      `${pages}/work-pools/work-pool/pool`,
      `${pages}/automations/automation/${automation.id}`,
      `${pages}/runs/flow-run/${run.id}`,
    ]);
  });

  it('links to the events of a thing, and to its own event', async () => {
    const { text, run } = await rendered(
      '{{ flow_run|ui_resource_events_url }} {{ event|ui_url }} {{ event.related[0]|ui_resource_events_url }}',
    );

    const [events, event, ofRelated] = text?.split(' ') ?? [];
    expect(events).toMatch(new RegExp(`/events\\?resource=prefect\\.flow-run\\.${run.id}$`));
    expect(ofRelated).toMatch(/\/events\?resource=prefect\.[a-z-]+\.[0-9a-f-]{36}$/);
    expect(event).toMatch(/\/events\/event\/\d{4}-\d\d-\d\d\/[0-9a-f-]{36}$/);
  });

  it('finds a run in a text', async () => {
    const { text } = await rendered(
      "{{ 'see runs/flow-run/0194a5c8-0000-7000-8000-00000000000b.' | flow_run_id }} {{ automation.name | upper }}",
    );

    expect(text).toBe('0194a5c8-0000-7000-8000-00000000000b ON FAILURE');
  });

  it('names what happened: the state, the labels, all firings and all events', async () => {
    const { text, run } = await rendered(
      '{{ flow_run.state.name }}: {{ flow_run.state.message }}; {{ flow.name }}/{{ deployment.name }}; {{ events|length }} {{ firings|length }}; {{ event.resource.id }}',
    );

    expect(text).toBe(`Failed: no; shop/daily; 1 1; prefect.flow-run.${run.id}`);
  });

  it('names the firings and events of all that a composite trigger holds', async () => {
    const children = [
      on('prefect.flow-run.Scheduled', { for_each: ['prefect.state-name'] }),
      { type: 'sequence', within: null, triggers: [on('prefect.flow-run.Failed')] },
    ];
    const { text, automation } = await rendered(
      '{{ firings|length }} {{ firing.triggering_firings|length }}' +
        "{% for f in firings %} {{ f.trigger.id }}{% endfor %} {{ events | map(attribute='event') | join(' ') }}" +
        ' {{ firings[1].triggering_labels }} {{ firings[0].triggering_event.id == event.id }}',
      { type: 'compound', require: 'all', within: null, triggers: children },
    );

    const { trigger } = automation;
    const [scheduled, sequence] = trigger.triggers;
    const failed = 'prefect.flow-run.Failed';
    expect(text).toBe(
      `4 2 ${trigger.id} ${scheduled.id} ${sequence.id} ${sequence.triggers[0].id} ` +
        `${failed} prefect.flow-run.Scheduled ${failed} ${failed} {'prefect.state-name': 'Scheduled'} True`,
    );
  });

  it('that cannot be rendered fails its action with the error, and shows the template', async () => {
    const template = '{{ event.event + 1 }}';
    await rendered(template);

    const filter = { event: { name: ['prefect.automation.action.failed'] } };
    const [failed] = (await made('POST', '/events/filter', { filter })).events;
    const error = `TypeError('can only concatenate str (not "int") to str')`;
    expect(failed.payload).toMatchObject({
      reason: `Template rendering failed: ${error}`,
      template_error: `Failed to render template due to the following error: ${error}`,
      template_source: template,
    });
  });
});
