import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { automate, eventsNamed, happened, home, homeForEach, reactive, send, settle } from './automations-world.ts';

homeForEach();

describe('messages of automations', () => {
  let receiver: Server;
  let received: { url: string; headers: IncomingMessage['headers']; body: string }[];
  let answers: number[];
  let answerBody: string;
  let url: string;
  beforeEach(async () => {
    received = [];
    answers = [];
    answerBody = 'thanks';
    receiver = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      received.push({ url: request.url ?? '', headers: request.headers, body });
      const headers = { 'x-shown': 'yes', 'x-forwarded-for': '10.0.0.1', via: 'a proxy' };
      response.writeHead(answers.shift() ?? 200, headers).end(answerBody);
    });
    await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  });
  afterEach(() => void receiver.close());

  async function block(slug: string, data: object): Promise<string> {
    const known = await home.call('GET', `/block_types/slug/${slug}`);
    const type = known.status === 200 ? known : await home.call('POST', '/block_types/', { name: slug, slug });
    const fields = { type: 'object', properties: {}, block_type_slug: slug };
    const schema = await home.call('POST', '/block_schemas/', { block_type_id: type.body.id, fields });
    expect(schema.status, JSON.stringify(schema.body)).toBeLessThan(300);
    const document = await home.call('POST', '/block_documents/', {
      name: 'mine',
      data,
      block_type_id: type.body.id,
      block_schema_id: schema.body.id,
    });
    expect(document.status, JSON.stringify(document.body)).toBe(201);
    return document.body.id;
  }

  it('call a webhook with the rendered payload and tell what it answered', async () => {
    const id = await block('webhook', { method: 'POST', url, headers: { 'x-key': 'k' } });
    await automate(reactive(), [{ type: 'call-webhook', block_document_id: id, payload: '{"id": "{{ event.id }}"}' }]);
    const cause = happened();
    await send(cause);
    await settle();
    expect(received).toHaveLength(1);
    expect(JSON.parse(received[0]!.body)).toEqual({ id: cause.id });
    expect(received[0]!.headers['x-key']).toBe('k');
    const [executed] = await eventsNamed('prefect.automation.action.executed');
    expect(executed.payload).toMatchObject({ status_code: 200, response_body: 'thanks' });
    expect(executed.payload.response_headers).toMatchObject({ 'x-shown': 'yes' });
    for (const hidden of ['via', 'x-forwarded-for'])
      expect(executed.payload.response_headers).not.toHaveProperty(hidden);
  });

  it('tell beginning and end of a long answer, and that the block was loaded', async () => {
    answerBody = `${'a'.repeat(600)}${'b'.repeat(600)}`;
    const id = await block('webhook', { method: 'POST', url });
    await automate(reactive(), [{ type: 'call-webhook', block_document_id: id }]);
    await send(happened());
    await settle();
    const [executed] = await eventsNamed('prefect.automation.action.executed');
    expect(executed.payload.response_body).toBe(`${'a'.repeat(500)}...200 additional characters...${'b'.repeat(500)}`);
    const [loaded] = await eventsNamed('prefect.block.webhook.loaded');
    expect(loaded.resource).toEqual({
      'prefect.resource.id': `prefect.block-document.${id}`,
      'prefect.resource.name': 'mine',
    });
    expect(loaded.related).toEqual([
      { 'prefect.resource.id': 'prefect.block-type.webhook', 'prefect.resource.role': 'block-type' },
    ]);
  });

  it('are tried again while the receiver is ill, and then reported as failed', async () => {
    const id = await block('slack-webhook', { url });
    await automate(reactive(), [
      { type: 'send-notification', block_document_id: id, subject: 'S', body: 'run {{ event.resource.id }}' },
    ]);
    answers = [503, 503];
    await send(happened());
    for (const seconds of [0, 10, 20]) {
      home.advance(seconds);
      await settle();
    }
    expect(received).toHaveLength(3);
    expect(JSON.parse(received[2]!.body).attachments[0]).toMatchObject({ title: 'S', text: 'run order.1' });
    expect(await eventsNamed('prefect.automation.action.executed')).toHaveLength(1);
    answers = [503, 503, 503];
    await send(happened());
    for (const seconds of [0, 10, 20]) {
      home.advance(seconds);
      await settle();
    }
    const [failed] = await eventsNamed('prefect.automation.action.failed');
    expect(failed.payload).toMatchObject({ reason: 'Notification failed' });
    expect(failed.payload.notification_log).toContain('503');
    expect(home.timers.size).toBe(0);
  });

  it('fill in the custom webhook with subject, body, name and secrets', async () => {
    const id = await block('custom-webhook', {
      url: `${url}?t={{token}}`,
      method: 'PUT',
      json_data: { text: '{{subject}}: {{body}}', by: '{{name}}' },
      secrets: { token: 'abc' },
    });
    await automate(reactive(), [{ type: 'send-notification', block_document_id: id, subject: 'S', body: 'B' }]);
    await send(happened());
    await settle();
    expect(received[0]!.url).toBe('/hook?t=abc');
    expect(JSON.parse(received[0]!.body)).toEqual({ text: 'S: B', by: 'mine' });
  });
});
