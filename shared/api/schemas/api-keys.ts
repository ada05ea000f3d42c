import * as z from 'zod/mini';
import { integer, name } from './values.ts';

/** A hundred years: a key that outlives them should not have an end. */
const MOST_DAYS = 36_500;

/** `POST /api_keys/` */
export const apiKeyCreate = z.object({
  name,
  role: z.enum(['viewer', 'editor', 'admin']),
  expires_in_days: z.nullish(integer.check(z.gte(1), z.lte(MOST_DAYS))),
});
export type ApiKeyCreate = z.infer<typeof apiKeyCreate>;
