import * as z from 'zod/mini';
import { countBody, filterBody, flowRunFilter, paginateBody } from './filters.ts';
import { stateCreate } from './states.ts';
import { datetime, flag, integer, jsonObject, labels, literal, number, runName, tags, uuid } from './values.ts';

export const flowRunPolicy = z.object({
  max_retries: z.optional(integer),
  retry_delay_seconds: z.optional(number),
  retries: z.optional(z.nullable(integer)),
  retry_delay: z.optional(z.nullable(integer)),
  pause_keys: z.pipe(
    z.nullish(z.array(z.string())),
    z.transform((keys) => keys ?? undefined),
  ),
  resuming: z.optional(z.nullable(flag)),
  retry_type: z.optional(z.nullable(literal(['in_process', 'reschedule']))),
});

const text = z._default(z.nullable(z.string()), null);
const optionalId = z._default(z.nullable(uuid), null);

/** `POST /flow_runs/` */
export const flowRunCreate = z.object({
  state: z.nullish(stateCreate),
  name: z.nullish(runName),
  flow_id: uuid,
  flow_version: text,
  parameters: z._default(jsonObject, {}),
  context: z._default(jsonObject, {}),
  parent_task_run_id: optionalId,
  infrastructure_document_id: optionalId,
  empirical_policy: z.optional(flowRunPolicy),
  tags: z._default(tags, []),
  labels: z.nullish(labels),
  idempotency_key: text,
  work_pool_name: z.nullish(z.string()),
  work_queue_name: text,
  job_variables: z.nullish(jsonObject),
  deployment_id: optionalId,
});
export type FlowRunCreate = z.infer<typeof flowRunCreate>;

/** `PATCH /flow_runs/{id}`: only the keys present are applied. */
export const flowRunUpdate = z.object({
  name: z.nullish(runName),
  flow_version: z.optional(z.nullable(z.string())),
  parameters: z.optional(jsonObject),
  empirical_policy: z.optional(flowRunPolicy),
  tags: z.optional(tags),
  infrastructure_pid: z.optional(z.nullable(z.string())),
  job_variables: z.optional(z.nullable(jsonObject)),
});
export type FlowRunUpdate = z.infer<typeof flowRunUpdate>;

export const FLOW_RUN_SORTS = [
  'ID_DESC',
  'START_TIME_ASC',
  'START_TIME_DESC',
  'EXPECTED_START_TIME_ASC',
  'EXPECTED_START_TIME_DESC',
  'NAME_ASC',
  'NAME_DESC',
  'NEXT_SCHEDULED_START_TIME_ASC',
  'END_TIME_DESC',
] as const;
export const flowRunSort = z.enum(FLOW_RUN_SORTS);
export type FlowRunSort = z.infer<typeof flowRunSort>;

export const flowRunFilterBody = filterBody(flowRunSort);
export type FlowRunFilterBody = z.infer<typeof flowRunFilterBody>;
export const flowRunPaginateBody = paginateBody(flowRunSort);
export const flowRunCountBody = countBody;
export const flowRunLabels = labels;
export const resumeBody = z.object({ run_input: z.nullish(jsonObject) });

/** The most runs, and the default, of one bulk call. */
const BULK_LIMIT = 50;
const bulkLimit = z._default(integer.check(z.gte(1), z.lte(BULK_LIMIT)), BULK_LIMIT);

/** `POST /flow_runs/bulk_delete` */
export const flowRunsDeleteBody = z.object({ flow_runs: z.nullish(flowRunFilter), limit: bulkLimit });
export type FlowRunsDeleteBody = z.infer<typeof flowRunsDeleteBody>;

/** `POST /flow_runs/bulk_set_state` */
export const flowRunsSetStateBody = z.object({
  flow_runs: z.nullish(flowRunFilter),
  state: stateCreate,
  force: z._default(flag, false),
  limit: bulkLimit,
});
export type FlowRunsSetStateBody = z.infer<typeof flowRunsSetStateBody>;

/** `GET /flow_runs/{id}/graph-v2` */
export const graphQuery = z.object({ since: z.optional(datetime) });
export const flowRunStatesQuery = z.object({ flow_run_id: uuid });
