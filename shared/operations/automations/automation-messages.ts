import type { JsonObject } from '../../domain/json/json.ts';
import { truncatedTo } from '../../domain/json/python-text.ts';
import { type Message, type NotificationRequest, texts } from '../../domain/notifications/notification.ts';
import { SENDERS } from '../../domain/notifications/senders.ts';
import type { App } from '../app.ts';
import { getBlockDocumentData, readBlockDocument } from '../blocks/block-documents.ts';
import { announce } from '../events/announce.ts';
import { ActionFailed, type OutcomeSoFar, type Performance } from './automation-performance.ts';
import { RenderFailed, renderAll } from './automation-templates.ts';
import { sendRequest } from './outgoing-http.ts';

const SECONDS = 10;
const BODY_SHOWN = 1000;

/** `call-webhook`: whatever the receiver answers is the outcome, as in Prefect; only no answer is a failure. */
export async function webhook(app: App, given: Performance, outcome: OutcomeSoFar): Promise<void> {
  const { slug, data } = await blockOf(app, given, outcome);
  if (slug !== 'webhook') throw new ActionFailed('The referenced block was not a webhook block');
  const { action } = given.firing.actions[given.index]!;
  const [payload] = await rendered(app, given, outcome, [String(action['payload'] ?? '')]);
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
  outcome.details['response_body'] = truncatedTo(BODY_SHOWN, answer.body);
  outcome.details['response_headers'] = Object.fromEntries(
    Object.entries(answer.headers).filter(([name]) => !HIDDEN_HEADERS.test(name)),
  );
}

/** What Prefect keeps out of its events: credentials, and what proxies add. */
const HIDDEN_HEADERS = /^(?:authorization$|traceparent$|via$|x-(?:forwarded|b3|cloud-trace|envoy|prefect))/;

/**
 * `send-notification`: what Prefect's block of the type sends. Tried again after a passing fault only while nobody was told, so that
 * of several receivers none is told twice.
 */
export async function notify(app: App, given: Performance, outcome: OutcomeSoFar): Promise<void> {
  const { slug, name, data } = await blockOf(app, given, outcome);
  const { action } = given.firing.actions[given.index]!;
  const sender = SENDERS[slug];
  if (!sender) {
    const known = Object.keys(SENDERS).join(', ');
    throw new ActionFailed(
      `A block of type "${slug}" cannot send notifications from this server; those that can: ${known}.`,
    );
  }
  const [subject, body] = await rendered(app, given, outcome, [String(action['subject']), String(action['body'])]);
  const message = { name, subject: subject!, body: body! };
  const url = String(data['url'] ?? '');
  const outcomes =
    slug === 'slack-webhook' && /^mailtos?:/i.test(url)
      ? await mail(url, data, message)
      : await deliverAll(sender(data, message), data);
  const failures = outcomes.filter((outcome) => outcome !== null);
  if (failures.length === 0) return;
  outcome.details['notification_log'] = failures.map(({ log }) => log).join('\n');
  const nobodyTold = failures.length === outcomes.length;
  throw new ActionFailed('Notification failed', { mayPass: nobodyTold && failures.every(({ mayPass }) => mayPass) });
}

/** Why a receiver was not told. */
interface Failure {
  readonly log: string;
  /** Trying again may help. */
  readonly mayPass: boolean;
}

/** The URL of Prefect's Slack block may be any of Apprise's: those that mean mail are sent by SMTP, as there. */
async function mail(url: string, data: JsonObject, message: Message): Promise<(Failure | null)[]> {
  if (data['allow_private_urls'] === false) {
    return [{ log: 'A block that allows no private URLs calls http and https alone.', mayPass: false }];
  }
  const { sendMails } = await import('./outgoing-mail.ts');
  return sendMails(url, message, SECONDS);
}

async function deliverAll(requests: readonly NotificationRequest[], data: JsonObject): Promise<(Failure | null)[]> {
  const outcomes: (Failure | null)[] = [];
  for (const request of requests) outcomes.push(await deliver(request, data));
  return outcomes;
}

/** Null when the service took it. */
async function deliver(request: NotificationRequest, data: JsonObject): Promise<Failure | null> {
  try {
    const seconds = Number(data['timeout'] ?? SECONDS);
    const allowPrivate = data['allow_private_urls'] !== false;
    const { status, body } = await sendRequest({ ...request, seconds, allowPrivate });
    if (status < 300) return null;
    const log = `The receiver answered ${status}: ${body.slice(0, BODY_SHOWN)}`;
    return { log, mayPass: status >= 500 || status === 429 };
  } catch (error) {
    return { log: reasonOf(error), mayPass: true };
  }
}

async function blockOf(app: App, given: Performance, outcome: OutcomeSoFar) {
  const id = String(given.firing.actions[given.index]!.action['block_document_id']);
  const [block, data] = await Promise.all([
    readBlockDocument(app, { kind: 'system' }, id, false),
    getBlockDocumentData(app, id),
  ]);
  const slug = block.block_type?.slug ?? '';
  const document = { 'prefect.resource.id': `prefect.block-document.${id}` };
  const name = { 'prefect.resource.name': block.name };
  const type = { 'prefect.resource.id': `prefect.block-type.${slug}`, 'prefect.resource.role': 'block-type' };
  outcome.related.push({ ...document, 'prefect.resource.role': 'block', ...name }, type);
  const loaded = { event: `prefect.block.${slug}.loaded`, resource: { ...document, ...name }, related: [type] };
  await announce(app, (stamp) => ({ ...stamp, ...loaded, payload: {}, follows: null }));
  return { slug, name: block.name, data: data ?? {} };
}

async function rendered(
  app: App,
  given: Performance,
  outcome: OutcomeSoFar,
  templates: readonly string[],
): Promise<string[]> {
  try {
    return await renderAll(app, given, templates);
  } catch (error) {
    if (!(error instanceof RenderFailed)) throw error;
    outcome.details['template_error'] = `Failed to render template due to the following error: ${error.message}`;
    outcome.details['template_source'] = error.template;
    throw new ActionFailed(`Template rendering failed: ${error.message}`, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return error instanceof Error ? `${error.message}${cause}` : String(error);
}
