import * as z from 'zod/mini';
import { integer, name } from './values.ts';

/** `POST /api_keys/` */
export const apiKeyCreate = z.object({
  name,
  role: z.enum(['viewer', 'editor', 'admin']),
  expires_in_days: z.nullish(integer.check(z.gte(1))),
});
export type ApiKeyCreate = z.infer<typeof apiKeyCreate>;
