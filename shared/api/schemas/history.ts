import * as z from 'zod/mini';
import { filterEnvelope, workQueueFilter } from './filters.ts';
import { datetime, number } from './values.ts';

const { flows, flow_runs, task_runs, deployments, work_pools } = filterEnvelope;

/** `POST /flow_runs/history` and `/task_runs/history`; an interval under a second is refused where it is used. */
export const historyBody = z.object({
  history_start: datetime,
  history_end: datetime,
  history_interval_seconds: number,
  ...{ flows, flow_runs, task_runs, deployments, work_pools },
  work_queues: z.nullish(workQueueFilter),
});
export type HistoryBody = z.infer<typeof historyBody>;
