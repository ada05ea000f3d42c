import { ConflictError } from '../domain/errors.ts';
import { keys } from './keys.ts';
import type { Cursor, IndexName } from './range.ts';
import type { StoredItem, Table, TallyPlace } from './table.ts';

/** A list that is counted: the partitions of an index that make it, all in order of time. */
export interface TalliedList {
  readonly name: string;
  readonly index: IndexName;
  readonly partitions: readonly string[];
  /** What of a place's label is counted. @default all of it */
  readonly counted?: (label: string) => string;
}

/** How many places of each label; the label is what follows the id in a place's sort key, null where nothing does. */
export type Counts = ReadonlyMap<string | null, number>;
type Stored = Record<string, number>;
/** What is kept of a list: counts by unit of time, an hour (`2026-11-24T05`) or, long ago, a day; `~` is no time. */
interface Tally {
  readonly units: Readonly<Record<string, Stored>>;
}

const HOUR = '2026-11-24T05'.length;
const DAY = '2026-11-24'.length;
const DAY_MS = 24 * 3600 * 1000;
/** Hours further back are kept as days. */
const HOURS_KEPT_MS = 3 * DAY_MS;
/** A mark is spent when it is this old and was counted: longer than a function lives and an index lags. */
const QUIET_MS = 60_000;
/** Within this time of its mark a process marks an hour no second time, and takes a write for a slow one after it. */
const MARK_LASTS_MS = 20_000;
const MARKS_REMEMBERED = 5_000;
const MARKS_SPENT_AT_ONCE = 100;
const UNITS_AT_ONCE = 8;
const UNLABELLED = '';

/**
 * Counts of lists that cost what changed, not what there is (decision 051). They are read off the key-only indexes and kept by the
 * hour; whoever writes an item that moves in a counted list marks the hours first, and a marked hour is counted anew. So a count
 * is never added to, nothing is counted twice, and what a crash leaves is a mark without a change.
 */
export class Tallies {
  readonly #table: Table;
  readonly #marked = new Map<string, number>();

  constructor(table: Table) {
    this.#table = table;
  }

  /** Marks the hours of places that a write is about to take or leave. Call what it returns when the write is done. */
  async mark(places: readonly TallyPlace[]): Promise<() => Promise<void>> {
    const hours = [...new Map(places.map(({ list, sort }) => [`${list}\n${hourOf(sort)}`, { list, sort }])).values()];
    if (hours.length === 0) return async () => {};
    const begun = this.#table.now().getTime();
    const put = (again: boolean) => Promise.all(hours.map(({ list, sort }) => this.#put(list, hourOf(sort), again)));
    await put(false);
    return async () => {
      if (this.#table.now().getTime() - begun > MARK_LASTS_MS) await put(true);
    };
  }

  /**
   * The places of a list, or those at `from` to `to` (times, inclusive), by label; without labels, which are then not read, all
   * under null.
   */
  async count(list: TalliedList, within: { from?: string; to?: string } = {}, labels = true): Promise<Counts> {
    const marks = await this.#marks(list.name); // before what they spoil, so that none is missed
    const kept = await this.#table.get<Tally>(keys.tally(list.name));
    const now = this.#table.now().getTime();
    const fineSince = new Date(now - HOURS_KEPT_MS).toISOString().slice(0, DAY);
    const units = new Map(Object.entries(asDays(kept?.doc.units ?? {}, fineSince)));
    const stale = new Set(marks.map(({ hour }) => unitOf(hour, fineSince)));
    const spent = marks.filter(({ at }) => now - at > QUIET_MS);
    await inGroups([...stale], UNITS_AT_ONCE, async (unit) => {
      // What is kept has its labels.
      const counted = await this.#read(list, unit, {}, labels || spent.length > 0);
      if (Object.keys(counted).length > 0) units.set(unit, counted);
      else units.delete(unit);
    });
    await this.#keep(list, kept, Object.fromEntries(units), spent);
    return this.#total(list, units, within, labels);
  }

  async #total(
    list: TalliedList,
    units: ReadonlyMap<string, Stored>,
    { from, to }: { from?: string; to?: string },
    labels: boolean,
  ): Promise<Counts> {
    const total = new Map<string | null, number>();
    const edges: string[] = [];
    const add = (counts: Stored) => {
      for (const [stored, count] of Object.entries(counts)) {
        const label = stored === UNLABELLED || !labels ? null : stored;
        total.set(label, (total.get(label) ?? 0) + count);
      }
    };
    for (const [unit, counts] of units) {
      const isTime = unit !== '~';
      if (from !== undefined && (!isTime || `${unit}~` < from)) continue;
      if (to !== undefined && (!isTime || unit > to)) continue;
      const isWhole = (from === undefined || from <= unit) && (to === undefined || `${unit}~` <= to);
      if (isWhole) add(counts);
      else edges.push(unit);
    }
    for (const unit of edges) {
      const part = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
      add(await this.#read(list, unit, part, labels));
    }
    return total;
  }

  /** Counts a unit's places off the index. */
  async #read(
    list: TalliedList,
    unit: string,
    { from, to }: { from?: string; to?: string },
    labels: boolean,
  ): Promise<Stored> {
    const counts: Stored = {};
    const range = {
      from: from !== undefined && from > unit ? from : unit,
      to: to !== undefined && to < `${unit}~` ? `${to}~` : `${unit}~`,
    };
    const readPartition = async (pk: string) => {
      if (!labels) {
        const count = await this.#table.countKeys({ index: list.index, pk, ...range });
        counts[UNLABELLED] = (counts[UNLABELLED] ?? 0) + count;
        return;
      }
      for await (const page of this.#table.sortKeys({ index: list.index, pk, ...range })) {
        for (const sort of page) {
          const whole = labelOf(sort) ?? UNLABELLED;
          const label = list.counted?.(whole) ?? whole;
          counts[label] = (counts[label] ?? 0) + 1;
        }
      }
    };
    await Promise.all(list.partitions.map(readPartition));
    return counts;
  }

  /** Stores what was counted and spends the marks that it answers. Whoever was overtaken leaves both to the other. */
  async #keep(
    list: TalliedList,
    kept: StoredItem<Tally> | null,
    units: Tally['units'],
    spent: readonly StoredMark[],
  ): Promise<void> {
    if (spent.length === 0) return;
    const write = { key: keys.tally(list.name), doc: { units } };
    try {
      if (kept) await this.#table.replace(kept, write);
      else await this.#table.create(write);
      await Promise.all(
        spent.slice(0, MARKS_SPENT_AT_ONCE).map(({ stored }) => this.#table.remove(stored.key, stored)),
      );
    } catch (error) {
      // Another count was faster, or the hour was marked again: the marks stay.
      if (!(error instanceof ConflictError)) throw error;
    }
  }

  async #marks(list: string): Promise<StoredMark[]> {
    const marks: StoredMark[] = [];
    let after: Cursor | undefined;
    do {
      const page: { items: StoredItem<{ at: number }>[]; next: Cursor | null } = await this.#table.query({
        pk: keys.tallyMark(list, '').pk,
        ...(after && { after }),
      });
      for (const stored of page.items) marks.push({ hour: stored.key.sk, at: stored.doc.at, stored });
      after = page.next ?? undefined;
    } while (after);
    return marks;
  }

  /** A mark's revision is new each time, so that one that was looked at is told from one that was made since. */
  async #put(list: string, hour: string, again: boolean): Promise<void> {
    const name = `${list}\n${hour}`;
    const now = this.#table.now().getTime();
    if (!again && now - (this.#marked.get(name) ?? Number.NEGATIVE_INFINITY) < MARK_LASTS_MS) return;
    await this.#table.put({ key: keys.tallyMark(list, hour), doc: { at: now } }, now * 1000 + randomBelow(1000));
    if (this.#marked.size > MARKS_REMEMBERED) this.#marked.clear();
    this.#marked.set(name, now);
  }
}

interface StoredMark {
  readonly hour: string;
  readonly at: number;
  readonly stored: StoredItem<{ at: number }>;
}

const randomBelow = (end: number): number => Math.floor(Math.random() * end);
const hourOf = (sort: string): string => (sort.startsWith('~') ? '~' : sort.slice(0, HOUR));
const unitOf = (hour: string, fineSince: string): string => (hour < fineSince ? hour.slice(0, DAY) : hour);

/** `<time>#<id>#<label>` */
function labelOf(sort: string): string | null {
  const mark = sort.indexOf('#', sort.indexOf('#') + 1);
  return mark < 0 ? null : sort.slice(mark + 1);
}

/** Hours of days before `fineSince` added up. */
function asDays(units: Tally['units'], fineSince: string): Record<string, Stored> {
  const merged: Record<string, Stored> = {};
  for (const [unit, counts] of Object.entries(units)) {
    const sums = merged[unitOf(unit, fineSince)] ?? {};
    for (const [label, count] of Object.entries(counts)) sums[label] = (sums[label] ?? 0) + count;
    merged[unitOf(unit, fineSince)] = sums;
  }
  return merged;
}

async function inGroups<T>(all: readonly T[], size: number, work: (one: T) => Promise<void>): Promise<void> {
  for (let start = 0; start < all.length; start += size) await Promise.all(all.slice(start, start + size).map(work));
}
