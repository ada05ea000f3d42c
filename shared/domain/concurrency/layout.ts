/**
 * How the slots of a limit are spread over shards (rule 21). Shards give slots only while they carry the layout's version, and
 * their shares sum to the limit, so the limit holds although no write touches two of them.
 */
export interface Layout {
  readonly limit: number;
  /** The revision of the entity that says the limit: an older one changes nothing. */
  readonly rev: number;
  /** Raised by every change of the limit. */
  readonly version: number;
  readonly shares: readonly number[];
  /** False while a change is under way: nobody is given a slot until the shards have been told and counted. */
  readonly settled: boolean;
}

/** More than this in one item and a write of it costs more than one unit. */
const SLOTS_PER_SHARD = 50;
/** Trying all shards must stay a few reads. */
const MOST_SHARDS = 40;

/** The shares of a limit without holders. */
export function spread(limit: number): number[] {
  const shards = Math.min(MOST_SHARDS, Math.max(1, Math.ceil(limit / SLOTS_PER_SHARD)));
  return Array.from({ length: shards }, (_, place) => Math.floor((limit + shards - 1 - place) / shards));
}

/**
 * The shares of a limit when so many slots of each shard are taken: what is taken counts first, the rest is spread evenly. So
 * the sum of shares and of what is taken above them never exceeds the larger of limit and taken.
 */
export function reshare(limit: number, taken: readonly number[]): number[] {
  const even = spread(limit);
  const count = Math.max(even.length, taken.findLastIndex((slots) => slots > 0) + 1);
  const places = Array.from({ length: count }, (_, place) => place);
  let left = limit;
  const shares = places.map((place) => {
    const kept = Math.min(taken[place] ?? 0, left);
    left -= kept;
    return kept;
  });
  for (const place of places) {
    const more = Math.min(left, Math.max(0, (even[place] ?? 0) - shares[place]!));
    shares[place]! += more;
    left -= more;
  }
  return shares;
}
