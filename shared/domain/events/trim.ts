import { isJsonObject, type Json } from '../json/json.ts';
import type { ReceivedEvent } from './event.ts';

/** To how many characters texts are cut, one try after the other. */
const CUTS = [20_000, 2_000, 200];

/**
 * An event whose JSON has at most `limitBytes`: the gateway takes no longer message. Long texts are cut first, then payload
 * and related resources go; the name, the ids and the times always stay. Null when even that is too long.
 */
export function trimEvent(event: ReceivedEvent, limitBytes: number): ReceivedEvent | null {
  if (bytes(event) <= limitBytes) return event;
  for (const length of CUTS) {
    const cut = shorten(event as unknown as Json, length) as unknown as ReceivedEvent;
    const kept = { ...cut, event: event.event };
    if (bytes(kept) <= limitBytes) return kept;
    const bare = { ...kept, payload: {} };
    if (length === CUTS.at(-1) && bytes(bare) <= limitBytes) return bare;
  }
  const core: ReceivedEvent = {
    ...event,
    resource: { 'prefect.resource.id': event.resource['prefect.resource.id'] ?? '' },
    related: [],
    payload: {},
  };
  return bytes(core) <= limitBytes ? core : null;
}

function shorten(value: Json, length: number): Json {
  if (typeof value === 'string') return value.length > length ? `${value.slice(0, length)}… (cut)` : value;
  if (Array.isArray(value)) return value.map((item) => shorten(item, length));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shorten(item, length)]));
}

const bytes = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length;
