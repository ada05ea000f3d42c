import * as z from 'zod/mini';
import { workerFilter } from './filters.ts';
import { integer, offset, pageLimit } from './values.ts';

/** `POST /work_pools/{work_pool_name}/workers/heartbeat` */
export const workerHeartbeat = z.object({ name: z.string(), heartbeat_interval_seconds: z.nullish(integer) });
export type WorkerHeartbeat = z.infer<typeof workerHeartbeat>;

export const workersFilterBody = z.object({ limit: pageLimit, workers: z.nullish(workerFilter), offset });
export type WorkersFilterBody = z.infer<typeof workersFilterBody>;
