import * as z from 'zod/mini';

export const taskWorkersFilterBody = z.object({
  task_worker_filter: z.nullish(z.object({ task_keys: z.array(z.string()) })),
});

/** What a task worker begins with on its socket (prefect-api 9.8). */
export const subscribeMessage = z.object({
  type: z.literal('subscribe'),
  keys: z.array(z.string()).check(z.minLength(1)),
  client_id: z.string().check(z.minLength(1)),
});

/** What a task worker says to each task run it is sent. */
export const taskWorkerMessage = z.object({ type: z.enum(['ack', 'quit']) });
