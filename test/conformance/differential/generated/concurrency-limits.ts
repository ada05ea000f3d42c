import fc from 'fast-check';
import { UNKNOWN_ID } from '../scenario.ts';
import { body, call, type Group, idOf, nowAndThenSpoiled, pick, some, step, wholeNumber } from './drawing.ts';
import { LIMIT_NAMES } from './names.ts';

const name = pick(...LIMIT_NAMES);
/** A slot of a lease that is given back by name is told to its holder here, in Prefect it may be given back twice: so each limit is for one of both. */
const names = fc.subarray(['zz-limit0', 'zz-unlimited']);
const leased = fc.subarray(['zz-limit1', 'zz-unlimited']);
const mode = pick('concurrency', 'concurrency', 'rate_limit');
const idOrName = fc.oneof(name, idOf(pick('$limit0')));
const LEASES = pick('$lease0.lease_id', '$lease1.lease_id', '$lease0.lease_id', UNKNOWN_ID, 'no-id');
const leaseDuration = pick<unknown>(60, 300, 86_400, 1, '90');
const limitFields = {
  active: fc.boolean(),
  active_slots: wholeNumber,
  // Slots that decay do so by the clock, at different moments: so slowly that none does while it is played.
  slot_decay_per_second: pick<unknown>(0, 0.0000001, -1, 'fast'),
};

export const globalLimits: Group = {
  before: [
    ['POST /v2/concurrency_limits/', { name: 'zz-limit0', limit: 3 }, 'limit0'],
    ['POST /v2/concurrency_limits/', { name: 'zz-limit1', limit: 4 }],
  ],
  operations: nowAndThenSpoiled(
    fc.oneof(
      step('POST /v2/concurrency_limits/', body({ name, limit: wholeNumber }, limitFields), pick('limit0')),
      step(
        pick('increment', 'decrement').map((verb) => `POST /v2/concurrency_limits/${verb}`),
        body({ names, slots: wholeNumber }, { mode }),
      ),
      step(
        'POST /v2/concurrency_limits/decrement',
        body({ names, slots: wholeNumber }, { occupancy_seconds: pick<unknown>(0.5, 10, 0, null) }),
      ),
      step(
        'POST /v2/concurrency_limits/increment-with-lease',
        body(
          { names: leased, slots: wholeNumber },
          {
            mode,
            lease_duration: leaseDuration,
            holder: pick<unknown>({ type: 'flow_run', id: UNKNOWN_ID }, { type: 'nobody', id: UNKNOWN_ID }, null),
          },
        ),
        pick('lease0', 'lease1'),
      ),
      step('POST /v2/concurrency_limits/decrement-with-lease', fc.record({ lease_id: LEASES })),
      step(call('POST /v2/concurrency_limits/leases/{}/renew', LEASES), some({ lease_duration: leaseDuration })),
      step(
        call('PATCH /v2/concurrency_limits/{}', idOrName),
        some({ limit: wholeNumber, ...limitFields, name: fc.oneof(name, pick('zz-limit/')) }),
      ),
      step(call('GET /v2/concurrency_limits/{}', idOrName)),
      step(call('DELETE /v2/concurrency_limits/{}', idOrName)),
    ),
  ),
  after: LIMIT_NAMES.map((name) => [`GET /v2/concurrency_limits/${name}`] as const),
};

const TAGS = ['zz-tag0', 'zz-tag1'];
const tag = pick(...TAGS);

/** Limits on tags, which are global limits of another name. */
export const tagLimits: Group = {
  before: [['POST /concurrency_limits/', { tag: 'zz-tag0', concurrency_limit: 2 }, 'tag0']],
  operations: nowAndThenSpoiled(
    fc.oneof(
      step('POST /concurrency_limits/', fc.record({ tag, concurrency_limit: wholeNumber }), pick('tag0', 'tag1')),
      step(call('GET /concurrency_limits/tag/{}', tag)),
      step(call('GET /concurrency_limits/{}', idOf(pick('$tag0', '$tag1')))),
      // Whoever asks twice holds one slot here and two in Prefect; and a reset there does not free what it takes away.
      step(
        'POST /concurrency_limits/increment',
        fc.record({ names: fc.subarray([...TAGS, 'zz-none']), task_run_id: fc.uuid() }),
      ),
      step(
        'POST /concurrency_limits/decrement',
        fc.record({ names: fc.subarray([...TAGS, 'zz-none']), task_run_id: pick(UNKNOWN_ID, 'no-id') }),
      ),
      step(call('DELETE /concurrency_limits/tag/{}', tag)),
      step(call('DELETE /concurrency_limits/{}', idOf(pick('$tag0', '$tag1')))),
    ),
  ),
  after: TAGS.map((tag) => [`GET /concurrency_limits/tag/${tag}`] as const),
};
