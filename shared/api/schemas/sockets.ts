import * as z from 'zod/mini';

/** The first message on every socket (prefect-api 2.1). */
export const authMessage = z.object({ type: z.literal('auth'), token: z.nullish(z.string()) });
