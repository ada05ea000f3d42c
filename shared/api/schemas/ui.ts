import * as z from 'zod/mini';
import { filterEnvelope, taskRunFilter, workQueueFilter } from './filters.ts';
import { flowRunSort } from './flow-runs.ts';
import { integer, jsonObject, nonNegativeInteger, uuid } from './values.ts';

/** Bodies of the routes that only Prefect's web page calls; they are not in its OpenAPI (prefect-api 6.6). */

const MOST_RUNS = 1_000;
const MOST_IDS = 200;

const { flows, flow_runs, task_runs, deployments, work_pools } = filterEnvelope;
const ids = z.array(uuid).check(z.maxLength(MOST_IDS));

/** `POST /ui/flow_runs/history` */
export const uiFlowRunHistoryBody = z.object({
  sort: z.nullish(flowRunSort),
  limit: z._default(integer.check(z.gte(0), z.lte(MOST_RUNS)), MOST_RUNS),
  offset: z._default(nonNegativeInteger, 0),
  ...{ flows, flow_runs, task_runs, deployments, work_pools },
});
export type UiFlowRunHistoryBody = z.infer<typeof uiFlowRunHistoryBody>;

/** `POST /ui/flow_runs/count-task-runs` */
export const flowRunIdsBody = z.object({ flow_run_ids: ids });

/** `POST /ui/flows/count-deployments` and `…/next-runs` */
export const flowIdsBody = z.object({ flow_ids: ids });

/** `POST /ui/task_runs/count` */
export const uiTaskRunCountBody = z.object({ flows, flow_runs, task_runs, deployments });
export type UiTaskRunCountBody = z.infer<typeof uiTaskRunCountBody>;

/** `POST /ui/task_runs/dashboard/counts`; a missing `start_time.after_` is refused where it is used. */
export const dashboardCountsBody = z.object({
  task_runs: taskRunFilter,
  ...{ flows, flow_runs, deployments, work_pools },
  work_queues: z.nullish(workQueueFilter),
});
export type DashboardCountsBody = z.infer<typeof dashboardCountsBody>;

/** `POST /ui/schemas/validate` */
export const schemaValuesBody = z.object({ schema: jsonObject, values: jsonObject });

const MOST_THINGS = 100;
const line = z.string().check(z.minLength(1), z.maxLength(500));

/**
 * `PUT /ui/work_pools/{name}/infrastructure`: where, a line for each thing that is there, and the names that were chosen for what is
 * made, by what they name.
 */
export const poolProvisioned = z.object({
  place: line,
  things: z.array(line).check(z.maxLength(MOST_THINGS)),
  names: z._default(
    z.record(line, line).check(z.refine((names) => Object.keys(names).length <= MOST_THINGS, 'Too many names')),
    {},
  ),
});
export type PoolProvisioned = z.infer<typeof poolProvisioned>;
