import { isJsonObject, type Json, type JsonObject } from '../domain/json.ts';
import type { App } from './app.ts';
import { ActionFailed, type OutcomeSoFar, type Performance } from './automation-performance.ts';
import { renderAll } from './automation-templates.ts';
import { getBlockDocumentData, readBlockDocument } from './block-documents.ts';
import { type OutgoingRequest, sendRequest } from './outgoing-http.ts';

const SECONDS = 10;
const BODY_SHOWN = 1000;

/** `call-webhook`: whatever the receiver answers is the outcome, as in Prefect; only no answer is a failure. */
export async function webhook(app: App, given: Performance, outcome: OutcomeSoFar): Promise<void> {
  const { slug, data } = await blockOf(app, given, outcome);
  if (slug !== 'webhook') throw new ActionFailed('The referenced block was not a webhook block');
  const { action } = given.firing.actions[given.index]!;
  const [payload] = await rendered(app, given, [String(action['payload'] ?? '')]);
  const method = String(data['method'] ?? 'POST');
  if (data['verify'] === false) {
    throw new ActionFailed(
      'The webhook block has verify=false; this server calls only addresses with valid certificates.',
    );
  }
  const answer = await sendRequest({
    method,
    url: String(data['url']),
    headers: texts(data['headers']),
    body: method === 'GET' || payload === '' ? null : payload!,
    seconds: SECONDS,
    allowPrivate: data['allow_private_urls'] !== false,
  }).catch((error: unknown) => {
    throw new ActionFailed(`Webhook call failed: ${reasonOf(error)}`, { mayPass: true, cause: error });
  });
  outcome.details['status_code'] = answer.status;
  outcome.details['response_body'] = answer.body.slice(0, BODY_SHOWN);
}

/** `send-notification`, through the blocks that are webhooks of chat services or of one's own. */
export async function notify(app: App, given: Performance, outcome: OutcomeSoFar): Promise<void> {
  const { slug, name, data } = await blockOf(app, given, outcome);
  const { action } = given.firing.actions[given.index]!;
  const build = NOTIFIERS[slug];
  if (!build) {
    const known = Object.keys(NOTIFIERS).join(', ');
    throw new ActionFailed(
      `A block of type "${slug}" cannot send notifications from this server; those that can: ${known}.`,
    );
  }
  const [subject, body] = await rendered(app, given, [String(action['subject']), String(action['body'])]);
  const request = build(data, { name, subject: subject!, body: body! });
  const answer = await sendRequest({
    ...request,
    seconds: Number(data['timeout'] ?? SECONDS),
    allowPrivate: data['allow_private_urls'] !== false,
  }).catch((error: unknown) => {
    outcome.details['notification_log'] = reasonOf(error);
    throw new ActionFailed('Notification failed', { mayPass: true, cause: error });
  });
  if (answer.status < 300) return;
  outcome.details['notification_log'] = `The receiver answered ${answer.status}: ${answer.body.slice(0, BODY_SHOWN)}`;
  throw new ActionFailed('Notification failed', { mayPass: answer.status >= 500 || answer.status === 429 });
}

type Message = { readonly name: string; readonly subject: string; readonly body: string };
type Built = Pick<OutgoingRequest, 'method' | 'url' | 'headers' | 'body'>;

const posted = (data: JsonObject, body: Json): Built => ({
  method: 'POST',
  url: String(data['url']),
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

const NOTIFIERS: Record<string, (data: JsonObject, message: Message) => Built> = {
  'slack-webhook': (data, { subject, body }) =>
    posted(data, { attachments: [{ title: subject, text: body, fallback: subject, mrkdwn_in: ['text'] }] }),
  'ms-teams-webhook': (data, { subject, body }) =>
    posted(data, {
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          contentUrl: null,
          content: {
            $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
            type: 'AdaptiveCard',
            version: '1.4',
            body: [
              { type: 'TextBlock', text: subject, style: 'heading', weight: 'Bolder', size: 'Large' },
              { type: 'TextBlock', text: body, wrap: data['wrap'] !== false },
            ],
          },
        },
      ],
    }),
  'custom-webhook': customRequest,
};

/** `{{subject}}`, `{{body}}`, `{{name}}` and the block's secrets are filled in everywhere. */
function customRequest(data: JsonObject, message: Message): Built {
  const values: JsonObject = {
    ...(isJsonObject(data['secrets'] ?? null) ? (data['secrets'] as JsonObject) : {}),
    ...message,
  };
  const filled = (value: Json | undefined): Json => fill(value ?? null, values);
  const url = new URL(String(filled(data['url'])));
  for (const [name, value] of Object.entries(texts(filled(data['params'])))) url.searchParams.set(name, value);
  const cookies = Object.entries(texts(filled(data['cookies']))).map(([name, value]) => `${name}=${value}`);
  const headers = {
    'user-agent': 'Prefect Notifications',
    ...(cookies.length > 0 && { cookie: cookies.join('; ') }),
    ...texts(filled(data['headers'])),
  };
  const method = String(data['method'] ?? 'POST');
  const [json, form] = [filled(data['json_data']), filled(data['form_data'])];
  if (json !== null)
    return {
      method,
      url: url.href,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(json),
    };
  if (typeof form === 'string') return { method, url: url.href, headers, body: form };
  if (form === null) return { method, url: url.href, headers, body: null };
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  return { method, url: url.href, headers: { ...type, ...headers }, body: new URLSearchParams(texts(form)).toString() };
}

function fill(value: Json, values: JsonObject): Json {
  if (Array.isArray(value)) return value.map((item) => fill(item, values));
  if (isJsonObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, values)]));
  if (typeof value !== 'string') return value;
  return value.replace(/\{\{\s*([\w.-]+)\s*\}\}/g, (whole, name: string) =>
    name in values ? String(values[name]) : whole,
  );
}

async function blockOf(app: App, given: Performance, outcome: OutcomeSoFar) {
  const id = String(given.firing.actions[given.index]!.action['block_document_id']);
  const [block, data] = await Promise.all([
    readBlockDocument(app, { kind: 'system' }, id, false),
    getBlockDocumentData(app, id),
  ]);
  const slug = block.block_type?.slug ?? '';
  outcome.related.push(
    {
      'prefect.resource.id': `prefect.block-document.${id}`,
      'prefect.resource.role': 'block',
      'prefect.resource.name': block.name,
    },
    { 'prefect.resource.id': `prefect.block-type.${slug}`, 'prefect.resource.role': 'block-type' },
  );
  return { slug, name: block.name, data: data ?? {} };
}

async function rendered(app: App, given: Performance, templates: readonly string[]): Promise<string[]> {
  try {
    return await renderAll(app, given, templates);
  } catch (error) {
    throw new ActionFailed(`Template rendering failed: ${reasonOf(error)}`, { cause: error });
  }
}

const texts = (value: Json | undefined): Record<string, string> =>
  isJsonObject(value ?? null)
    ? Object.fromEntries(Object.entries(value as JsonObject).map(([k, v]) => [k, String(v)]))
    : {};

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return error instanceof Error ? `${error.message}${cause}` : String(error);
}
