import type { ConcurrencyLimit } from '../../../shared/api/client/concurrency-limits.ts';
import { details } from '../../output/table.ts';

/** A limit for people. */
export const showLimit = (limit: ConcurrencyLimit): Promise<string> =>
  details({
    Name: limit.name,
    Limit: String(limit.limit),
    'Slots in use': String(limit.active_slots),
    Active: limit.active ? 'yes' : 'no: it holds nobody back',
    'Slots freed per second': limit.slot_decay_per_second === 0 ? null : String(limit.slot_decay_per_second),
    Id: limit.id,
  });
