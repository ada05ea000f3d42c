import * as z from 'zod/mini';
import { type EventFilterBody, eventFilter } from '../../api/schemas/events.ts';
import { ClientError } from '../../domain/errors.ts';
import { type ReceivedEvent, resourceId } from '../../domain/events/event.ts';
import { type EventFilter, matchesEvent } from '../../domain/events/matches.ts';
import { eventPlace } from '../../store/events.ts';
import { type App, timestamp, toTimestamp } from '../app.ts';

const DAY_MS = 24 * 3600 * 1000;
const DEFAULT_DAYS = 180;
/** Prefect's page, and the most a client may ask for. */
const PAGE_SIZE = 50;
/** Events looked at to count the matches; a longer history is counted no further, so that an answer stays under a second or two. */
const COUNT_LIMIT = 10_000;

export interface EventPage {
  events: ReceivedEvent[];
  total: number;
  next_page: string | null;
}

/** What a page link carries: the filter with its times fixed, and where the next page begins. */
const pageToken = z.object({
  filter: eventFilter,
  limit: z.number(),
  total: z.number(),
  after: z.string(),
});

/** `POST /events/filter`: newest first unless asked otherwise; `total` counts all matches (up to 10,000 events looked at). */
export async function readEvents(app: App, body: EventFilterBody): Promise<EventPage> {
  const filter = withSpan(app, body.filter ?? {});
  const limit = body.limit ?? PAGE_SIZE;
  const page: ReceivedEvent[] = [];
  let total = 0;
  for await (const event of findEvents(app, filter, { scanLimit: COUNT_LIMIT })) {
    total++;
    if (page.length < limit) page.push(event);
  }
  return toPage(app, filter, limit, total, page, page.length < total);
}

/** `GET /events/filter/next`. Throws 403 for a token we did not make, as Prefect does. */
export async function readNextEvents(app: App, token: string): Promise<EventPage> {
  const { filter, limit, total, after } = parseToken(token);
  const page: ReceivedEvent[] = [];
  let more = false;
  for await (const event of findEvents(app, filter, { after })) {
    more = page.length === limit;
    if (more) break;
    page.push(event);
  }
  return toPage(app, filter, limit, total, page, more);
}

/** Matching events in the filter's order, within what is kept. `distinct` gives each resource once per call. */
export async function* findEvents(
  app: App,
  filter: EventFilter,
  options: { readonly after?: string; readonly scanLimit?: number } = {},
): AsyncGenerator<ReceivedEvent> {
  const { since, until } = span(app, filter);
  const seen = new Set<string>();
  let looked = 0;
  const descending = filter.order !== 'ASC';
  for await (const event of app.store.events.read({ since, until, descending, after: options.after ?? null })) {
    if (options.scanLimit !== undefined && ++looked > options.scanLimit) return;
    if (!matchesEvent(filter, event)) continue;
    if (filter.resource?.distinct) {
      if (seen.has(resourceId(event.resource))) continue;
      seen.add(resourceId(event.resource));
    }
    yield event;
  }
}

/** Prefect's default is the last 180 days; older than the retention there is nothing. */
function span(app: App, filter: EventFilter): { since: string; until: string } {
  const oldest = toTimestamp(new Date(app.clock.now().getTime() - (app.settings.retentionDays + 1) * DAY_MS));
  const since = filter.occurred?.since;
  return { since: since && since > oldest ? since : oldest, until: filter.occurred?.until ?? timestamp(app) };
}

/** The times a filter asks for, with Prefect's defaults: the last 180 days. */
export function askedSpan(app: App, filter: EventFilter): { since: string; until: string } {
  const since = toTimestamp(new Date(app.clock.now().getTime() - DEFAULT_DAYS * DAY_MS));
  return {
    since: filter.occurred?.since ?? `${since.slice(0, 10)}T00:00:00.000000Z`,
    until: filter.occurred?.until ?? timestamp(app),
  };
}

const withSpan = (app: App, filter: EventFilter): EventFilter => ({ ...filter, occurred: span(app, filter) });

function toPage(
  app: App,
  filter: EventFilter,
  limit: number,
  total: number,
  events: ReceivedEvent[],
  more: boolean,
): EventPage {
  const last = events.at(-1);
  if (!last || !more) return { events, total, next_page: null };
  const token = Buffer.from(JSON.stringify({ filter, limit, total, after: eventPlace(last) })).toString('base64url');
  return { events, total, next_page: `${app.settings.apiUrl}/events/filter/next?page-token=${token}` };
}

function parseToken(token: string): z.infer<typeof pageToken> {
  try {
    return pageToken.parse(JSON.parse(Buffer.from(token, 'base64url').toString()));
  } catch (cause) {
    throw new ClientError('forbidden', 'Forbidden', { cause });
  }
}
