const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
const TIME = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?/g;
/** Ids that requests themselves name. */
const FIXED = /^([0-9])\1{7}-/;
/** Two words and a number of seconds that no two servers share. */
const GENERATED_NAME = /^[a-z]+-[a-z]+$/;
const SETS = new Set(['tags', 'expect', 'after', 'for_each']);
const SECONDS = new Set([
  'total_run_time',
  'estimated_run_time',
  'estimated_start_time_delta',
  'delay_seconds',
  'duration',
]);

/**
 * One server's answers with what must differ taken out: ids become numbers in the order they are first seen, the present
 * becomes `<now>`, generated names and measured seconds their kind. Fixed times keep their instant, whatever their spelling.
 */
export class Normaliser {
  readonly #ids = new Map<string, string>();

  normalise(value: unknown, key = ''): unknown {
    // Prefect notes a poll after it has answered, so the next answer may show it or not.
    if (key === 'last_polled') return '<some time or null>';
    if (typeof value === 'string') return this.#text(value, key);
    // How late a run that has just been made is depends on when within a millisecond it was.
    if (key === 'estimated_start_time_delta' && typeof value === 'number' && value < 5) return 0;
    if (typeof value === 'number' && SECONDS.has(key)) return value === 0 ? 0 : '<seconds>';
    if (Array.isArray(value)) {
      // Prefect keeps these in sets of Python's, whose order changes from process to process.
      const items = SETS.has(key) ? value.toSorted() : value;
      return items.map((item) => this.normalise(item, key));
    }
    if (value !== null && typeof value === 'object') {
      return Object.fromEntries(
        Object.entries(value)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, item]) => [this.#text(name, ''), this.normalise(item, name)]),
      );
    }
    return value;
  }

  #text(text: string, key: string): string {
    if (key === 'name' && GENERATED_NAME.test(text) && !text.startsWith('zz-')) return '<name>';
    return text
      .replaceAll(UUID, (id) => {
        if (FIXED.test(id)) return id;
        if (!this.#ids.has(id)) this.#ids.set(id, `<id ${this.#ids.size + 1}>`);
        return this.#ids.get(id)!;
      })
      .replaceAll(TIME, (time) => {
        const at = new Date(time);
        return Math.abs(at.getTime() - Date.now()) < 24 * 3600_000 ? '<now>' : at.toISOString();
      });
  }
}

export interface Difference {
  /** A path into the answer, e.g. `body/state/name`; list positions as numbers. */
  readonly pointer: string;
  readonly theirs: unknown;
  readonly ours: unknown;
}

/** Where two values differ, one entry for the highest place at which they do. */
export function differences(theirs: unknown, ours: unknown, pointer: string): Difference[] {
  if (Object.is(theirs, ours)) return [];
  if (isObject(theirs) && isObject(ours) && Array.isArray(theirs) === Array.isArray(ours)) {
    const keys = new Set([...Object.keys(theirs), ...Object.keys(ours)]);
    return [...keys].flatMap((key) => differences(theirs[key], ours[key], `${pointer}/${key}`));
  }
  return [{ pointer, theirs, ours }];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object';
}
