import { createHash } from 'node:crypto';
import type { FlowRunDocument } from '../../domain/flow-run-life.ts';
import type { App } from '../../operations/app.ts';
import { keys } from '../../store/keys.ts';

/** Where containers of a pool have been: what one `list` covers, and a run whose job leads there. */
export interface Place {
  readonly place: string;
  readonly flow_run_id: string;
  readonly noted_at: string;
}

const PLACE = 'PLACE#';
/** So often the run that leads to a place is replaced by a newer one, which outlives it. */
const NOTE_AGAIN_SECONDS = 3600;

const keyOf = (poolId: string, place: string) =>
  keys.below('workPool', poolId, `${PLACE}${createHash('sha256').update(place).digest('hex').slice(0, 32)}`);

/** Remembers where these runs' containers are. A write for each place an hour, however many runs. */
export async function notePlaces(app: App, poolId: string, docs: readonly FlowRunDocument[]): Promise<void> {
  const now = app.clock.now();
  const seen = new Map<string, string>();
  for (const { id, life } of docs) {
    const place = (life.ref ?? life.previous?.ref)?.key['place'];
    if (place) seen.set(place, id);
  }
  for (const [place, flow_run_id] of seen) {
    const key = keyOf(poolId, place);
    const stored = await app.store.table.get<Place>(key);
    const ageSeconds = stored ? (now.getTime() - new Date(stored.doc.noted_at).getTime()) / 1000 : Infinity;
    if (ageSeconds < NOTE_AGAIN_SECONDS) continue;
    await app.store.table.put<Place>({ key, doc: { place, flow_run_id, noted_at: now.toISOString() } });
  }
}

export async function placesOf(app: App, poolId: string): Promise<Place[]> {
  const { pk } = keyOf(poolId, '');
  const found: Place[] = [];
  let page = await app.store.table.query<Place>({ pk, prefix: PLACE });
  for (;;) {
    found.push(...page.items.map(({ doc }) => doc));
    if (!page.next) return found;
    page = await app.store.table.query<Place>({ pk, prefix: PLACE, after: page.next });
  }
}

/** The run that led there is gone; the next one there notes the place again. */
export async function forgetPlace(app: App, poolId: string, place: string): Promise<void> {
  await app.store.table.remove(keyOf(poolId, place));
}
