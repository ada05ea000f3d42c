import type { Client } from '../../../shared/api/client/client.ts';
import type { Log } from '../../../shared/domain/log.ts';

/** Processes of one run send their lines in batches of some seconds: a line may be older than those before it. */
const OVERLAP_MS = 10_000;
/** What is heard while the log is read; when it is more, it is read once more instead. */
const MOST_HELD = 1000;
const PAGE = 200;

/**
 * The lines of a run, each given to `show` once, whatever comes late or twice. What is kept is bounded by what a run writes in some
 * seconds, not by its whole log.
 */
export function lineFeed(client: Client, id: string, show: (line: Log) => void) {
  /** Shown lines by id, with their time; those too old to come again are forgotten. */
  const shown = new Map<string, number>();
  let newest = Number.NEGATIVE_INFINITY;
  /** Lines that are heard wait for those before them, which are read first. */
  let behind = true;
  let overflown = false;
  let forgetAt = MOST_HELD;
  const held: Log[] = [];

  function give(line: Log): boolean {
    if (shown.has(line.id)) return false;
    const time = Date.parse(line.timestamp);
    shown.set(line.id, time);
    newest = Math.max(newest, time);
    show(line);
    return true;
  }

  function forget(): void {
    // half as many again as can come once more: lines do not arrive in the order of their times
    const oldest = newest - 1.5 * OVERLAP_MS;
    for (const [each, time] of shown) if (time < oldest) shown.delete(each);
    forgetAt = Math.max(2 * shown.size, MOST_HELD);
  }

  /** Page by page from a time on, so that a long log is read once. */
  async function readOn(): Promise<boolean> {
    let fresh = false;
    let after = newest === Number.NEGATIVE_INFINITY ? undefined : new Date(newest - OVERLAP_MS).toISOString();
    let known = 0;
    for (;;) {
      const lines = await client.logs.page(id, { after, limit: PAGE, offset: known });
      for (const line of lines) fresh = give(line) || fresh;
      if (lines.length < PAGE) return fresh;
      const last = lines.at(-1)!.timestamp;
      // the next page begins with the lines of this moment that were in this one
      known = (last === after ? known : 0) + lines.filter(({ timestamp }) => timestamp === last).length;
      after = last;
      forget();
    }
  }

  return {
    /** A line that was heard: shown at once, or after what is read first. */
    hear(line: Log): void {
      if (!behind) {
        give(line);
        if (shown.size > forgetAt) forget();
      } else if (held.length < MOST_HELD) held.push(line);
      else overflown = true;
    },
    /** Something may have been missed: what is heard from now on waits for the next `read`. */
    fallBehind(): void {
      behind = true;
    },
    /** Reads what is not shown yet; whether there was any. May be called again after a failure. */
    async read(): Promise<boolean> {
      let fresh = false;
      behind = true;
      do {
        overflown = false;
        fresh = (await readOn()) || fresh;
        for (const line of held.splice(0)) fresh = give(line) || fresh;
      } while (overflown);
      behind = false;
      forget();
      return fresh;
    },
    /** How many lines are remembered. */
    remembered: () => shown.size,
  };
}
