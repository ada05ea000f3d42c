/** Prefect's `ConcurrencyLimitV2`: a named number of slots. Who holds them stands in the limit's shards (`shard.ts`). */
export interface ConcurrencyLimit {
  id: string;
  created: string;
  updated: string;
  /** An inactive limit limits nothing. */
  active: boolean;
  name: string;
  limit: number;
  /** Above 0 the limit is a rate: its slots come back by themselves, and nobody holds them (`rate.ts`). */
  slot_decay_per_second: number;
  rate: Rate | null;
}

/** The slots of a rate limit that were taken, as of a time (RFC 3339, UTC). */
export interface Rate {
  readonly slots: number;
  readonly at: string;
}

const TAG = 'tag:';

/** The name under which the limit of a tag is kept; Prefect's first API knows only these (prefect-api 9.3). */
export const tagLimitName = (tag: string): string => `${TAG}${tag}`;

/** The tag of a limit's name; null when the limit is none of a tag. */
export const tagOfLimit = (name: string): string | null => (name.startsWith(TAG) ? name.slice(TAG.length) : null);
