import * as z from 'zod/mini';
import { address, count, id, maybeId, object, text, time } from './values.ts';

const resource = z.record(z.string(), z.string());

export const event = z.strictObject({
  id,
  event: text,
  occurred: time,
  received: time,
  resource,
  related: z.array(resource),
  payload: object,
  follows: maybeId,
});

export const eventPage = z.strictObject({ events: z.array(event), total: count, next_page: z.nullable(address) });

export const eventCounts = z.array(
  z.strictObject({ value: text, label: text, count, start_time: time, end_time: time }),
);
