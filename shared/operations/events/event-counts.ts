import type { Countable, EventCountBody } from '../../api/schemas/events.ts';
import { ClientError } from '../../domain/errors.ts';
import { CountSpans, type EventCount, spansProblem } from '../../domain/events/count-spans.ts';
import { type ReceivedEvent, resourceId } from '../../domain/events/event.ts';
import { type App, timestamp } from '../app.ts';
import { askedSpan, findEvents } from './event-pages.ts';

/** Events looked at for one answer: what is beyond would take longer than a request may. */
const SCAN_LIMIT = 50_000;

/** `POST /events/count-by/…`: how many events there are of each time span, event name or resource (prefect-api 6.4). */
export async function countEvents(app: App, by: Countable, body: EventCountBody): Promise<readonly EventCount[]> {
  const [unit, interval] = by === 'day' ? (['day', 1] as const) : [body.time_unit, body.time_interval];
  const range = askedSpan(app, body.filter);
  const problem = spansProblem(range, unit, interval);
  if (problem) throw new ClientError('invalid', problem);
  const events = findEvents(app, { ...body.filter, occurred: range, order: 'DESC' }, { scanLimit: SCAN_LIMIT });
  if (by === 'event' || by === 'resource') return byValue(events, by);
  const spans = new CountSpans(range, unit, interval, timestamp(app));
  for await (const event of events) spans.add(event.occurred);
  return spans.counts;
}

/** Most frequent first. Events come newest first, so a resource is called what it was called last. */
async function byValue(events: AsyncIterable<ReceivedEvent>, by: 'event' | 'resource'): Promise<EventCount[]> {
  const counts = new Map<string, EventCount>();
  for await (const event of events) {
    const value = by === 'event' ? event.event : resourceId(event.resource);
    const known = counts.get(value);
    if (known) {
      known.count++;
      known.start_time = event.occurred;
    } else {
      const label = by === 'event' ? value : nameOf(event);
      counts.set(value, { value, label, count: 1, start_time: event.occurred, end_time: event.occurred });
    }
  }
  return [...counts.values()].sort((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1));
}

function nameOf({ resource }: ReceivedEvent): string {
  return resource['prefect.resource.name'] ?? resource['prefect.name'] ?? resourceId(resource);
}
