import { ClientError } from '../../domain/errors.ts';
import { type Event, objectId, type ReceivedEvent, resourceRole } from '../../domain/events/event.ts';
import type { Principal } from '../../domain/principal.ts';
import { isTaskRunEvent } from '../../domain/task-run-from-event.ts';
import { type App, timestamp } from '../app.ts';
import { evaluateAutomations } from '../automations/automation-evaluation.ts';
import { ownsFlowRun } from '../flow-runs/run-tree.ts';
import { streamEvents } from '../streaming/streaming.ts';
import { recordTaskRun } from '../task-runs/record-task-run.ts';

const DAY_MS = 24 * 3600 * 1000;

/**
 * Stores events, each once by its id, shows them to automations and sends them to the sockets that want them. May be repeated: what is stored stays,
 * sockets get the event again (their clients know an id they have seen). Throws `TransientError` when that is to be done.
 */
export async function publishEvents(app: App, events: readonly Event[]): Promise<void> {
  const received = receive(app, events);
  await store(app, received);
  await evaluateAutomations(app, received);
  await streamEvents(app, received);
}

/**
 * What clients send in, over the socket or by `POST /events`: task-run events become task runs (prefect-api 1.2), all are
 * stored, new ones are sent on. Repeated events are harmless. Throws 403 when a run token speaks for runs outside its tree
 * (rule 8); then nothing of the list is recorded.
 */
export async function recordEvents(app: App, principal: Principal, events: readonly Event[]): Promise<void> {
  for (const event of events) await assertMaySend(app, principal, event);
  for (const event of events) if (isTaskRunEvent(event)) await recordTaskRun(app, principal, event);
  const received = receive(app, events);
  const isNew = await store(app, received);
  // Not the new ones alone: the client sends again what was stored and not evaluated.
  await evaluateAutomations(app, received);
  try {
    await streamEvents(app, isNew);
  } catch (error) {
    // What was sent in is stored; the client must not send it again because somebody else's socket is slow.
    app.log({ message: 'events not streamed', error: String(error) });
  }
}

/** Those that were not there yet. */
async function store(app: App, events: readonly ReceivedEvent[]): Promise<ReceivedEvent[]> {
  const expiresAt = new Date(app.clock.now().getTime() + app.settings.retentionDays * DAY_MS);
  const added = await Promise.all(events.map((event) => app.store.events.add(event, expiresAt)));
  return events.filter((_, index) => added[index]);
}

function receive(app: App, events: readonly Event[]): ReceivedEvent[] {
  const received = timestamp(app);
  return events.map(({ id, occurred, event, resource, related, payload, follows }) => ({
    occurred,
    event,
    resource,
    related,
    payload,
    id,
    follows,
    received,
  }));
}

const FENCED = ['prefect.task-run', 'prefect.flow-run'];

/** Rule 8: custom events are anybody's; those about task runs and flow runs only of the token's own tree. */
async function assertMaySend(app: App, principal: Principal, event: Event): Promise<void> {
  if (principal.kind !== 'run' || !FENCED.some((prefix) => event.event.startsWith(prefix))) return;
  for (const id of runsSpokenFor(event)) {
    if (id && (await ownsFlowRun(app, principal, id))) continue;
    throw new ClientError('forbidden', `The token of a flow run may not send "${event.event}" for other runs.`);
  }
}

/** The flow runs an event speaks for; null for a task run that names none. */
function runsSpokenFor(event: Event): (string | null)[] {
  const subject = objectId(event.resource, 'prefect.flow-run');
  const related = event.related.find((resource) => resourceRole(resource) === 'flow-run');
  const named = related ? objectId(related, 'prefect.flow-run') : null;
  return subject ? [subject, ...(related ? [named] : [])] : [named];
}
