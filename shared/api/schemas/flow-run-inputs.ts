import * as z from 'zod/mini';
import { nonNegativeInteger } from './values.ts';

const key = z.string().check(z.regex(/^[a-zA-Z0-9-_]+$/), z.maxLength(255));

/** `POST /flow_runs/{id}/input`: the value is a string that holds JSON. The key is looked at when all else is right. */
export const flowRunInputCreate = z.pipe(
  z.object({ key: z.string(), value: z.string({ error: 'bytes' }), sender: z.nullish(z.string()) }),
  z.object({ key, value: z.string(), sender: z.nullish(z.string()) }),
);
export type FlowRunInputCreate = z.infer<typeof flowRunInputCreate>;

export const flowRunInputFilter = z.object({
  prefix: z.string(),
  limit: z._default(nonNegativeInteger, 1),
  exclude_keys: z._default(z.array(z.string()), []),
});
export type FlowRunInputFilter = z.infer<typeof flowRunInputFilter>;
