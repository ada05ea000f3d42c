import * as z from 'zod/mini';
import { logFilter } from './filters.ts';
import { datetime, integer, offset, pageLimit, uuid } from './values.ts';

/** `POST /logs/`: a list, of which workers send lines with keys of their own. */
export const logsCreate = z.array(
  z.object({
    name: z.string(),
    level: integer,
    message: z.string(),
    timestamp: datetime,
    flow_run_id: z._default(z.nullable(uuid), null),
    task_run_id: z._default(z.nullable(uuid), null),
  }),
);

export const logSort = z.enum(['TIMESTAMP_ASC', 'TIMESTAMP_DESC']);

/** `POST /logs/filter` */
export const logFilterBody = z.object({
  limit: pageLimit,
  offset,
  logs: z.nullish(logFilter),
  sort: z.nullish(logSort),
});
export type LogFilterBody = z.infer<typeof logFilterBody>;

/** The filter message of `/logs/out`. */
export const logFilterMessage = z.object({ type: z.literal('filter'), filter: z.nullish(logFilter) });
