import * as z from 'zod/mini';
import { STATE_TYPES } from '../../domain/states.ts';
import { datetime, integer, offset, pageLimit, uuid, flag as yesOrNo } from './values.ts';

/**
 * Prefect's filter objects (prefect-api 6.2). A criterion that is absent or null restricts nothing; unknown keys are refused,
 * because a misread filter on a bulk delete is dangerous. The predicates are in `shared/domain/filters`.
 */

const criterion = <Shape extends z.core.$ZodLooseShape>(shape: Shape) => z.nullish(z.strictObject(shape));
const list = <Item extends z.ZodMiniType>(item: Item) => z.nullish(z.array(item));
const text = z.string();
const flag = z.nullish(yesOrNo);
/** Null is none: what is left out is `and_`. */
const operator = z.optional(z.enum(['and_', 'or_']));

const idAny = criterion({ any_: list(uuid) });
const idAnyNot = criterion({ any_: list(uuid), not_any_: list(uuid) });
const nameLike = criterion({ any_: list(text), like_: z.nullish(text) });
const before = z.nullish(datetime);
const timeRange = criterion({ before_: before, after_: before });
const timeRangeNull = criterion({ before_: before, after_: before, is_null_: flag });
const tagsAllNull = criterion({ operator, all_: list(text), is_null_: flag });
const tagsAllAnyNull = criterion({ operator, all_: list(text), any_: list(text), is_null_: flag });

export const flowFilter = z.strictObject({
  operator,
  id: idAnyNot,
  deployment: criterion({ operator, is_null_: flag }),
  name: nameLike,
  tags: tagsAllNull,
});
export type FlowFilter = z.infer<typeof flowFilter>;

export const flowRunFilter = z.strictObject({
  operator,
  id: idAnyNot,
  name: nameLike,
  tags: tagsAllAnyNull,
  deployment_id: criterion({ operator, any_: list(uuid), is_null_: flag }),
  work_queue_name: criterion({ operator, any_: list(text), is_null_: flag }),
  state: criterion({
    operator,
    type: criterion({ any_: list(z.enum(STATE_TYPES)), not_any_: list(z.enum(STATE_TYPES)) }),
    name: criterion({ any_: list(text), not_any_: list(text) }),
  }),
  flow_version: criterion({ any_: list(text) }),
  start_time: timeRangeNull,
  end_time: timeRangeNull,
  expected_start_time: timeRange,
  next_scheduled_start_time: timeRange,
  parent_flow_run_id: criterion({ operator, any_: list(uuid) }),
  parent_task_run_id: criterion({ operator, any_: list(uuid), is_null_: flag }),
  idempotency_key: criterion({ any_: list(text), not_any_: list(text) }),
  created_by: criterion({ operator, id_: list(uuid), type_: list(text), is_null_: flag }),
});
export type FlowRunFilter = z.infer<typeof flowRunFilter>;

export const taskRunFilter = z.strictObject({
  operator,
  id: idAny,
  name: nameLike,
  tags: tagsAllNull,
  state: criterion({
    operator,
    type: criterion({ any_: list(z.enum(STATE_TYPES)) }),
    name: criterion({ any_: list(text) }),
  }),
  start_time: timeRangeNull,
  end_time: timeRangeNull,
  expected_start_time: timeRange,
  subflow_runs: criterion({ exists_: flag }),
  flow_run_id: criterion({ operator, any_: list(uuid), is_null_: flag }),
});
export type TaskRunFilter = z.infer<typeof taskRunFilter>;

export const deploymentFilter = z.strictObject({
  operator,
  id: idAnyNot,
  name: nameLike,
  flow_or_deployment_name: criterion({ like_: z.nullish(text) }),
  paused: criterion({ eq_: flag }),
  tags: tagsAllAnyNull,
  work_queue_name: criterion({ any_: list(text) }),
  concurrency_limit: criterion({ ge_: z.nullish(integer), le_: z.nullish(integer), is_null_: flag }),
});
export type DeploymentFilter = z.infer<typeof deploymentFilter>;

export const workPoolFilter = z.strictObject({
  operator,
  id: idAny,
  name: criterion({ any_: list(text) }),
  type: criterion({ any_: list(text) }),
});
export type WorkPoolFilter = z.infer<typeof workPoolFilter>;

export const workQueueFilter = z.strictObject({
  operator,
  id: idAny,
  name: criterion({ any_: list(text), startswith_: list(text) }),
});
export type WorkQueueFilter = z.infer<typeof workQueueFilter>;

export const workerFilter = z.strictObject({
  operator,
  last_heartbeat_time: timeRange,
  status: criterion({ any_: list(z.enum(['ONLINE', 'OFFLINE'])), not_any_: list(z.enum(['ONLINE', 'OFFLINE'])) }),
});
export type WorkerFilter = z.infer<typeof workerFilter>;

export const logFilter = z.strictObject({
  operator,
  level: criterion({ ge_: z.nullish(integer), le_: z.nullish(integer) }),
  timestamp: timeRange,
  flow_run_id: criterion({ any_: list(uuid) }),
  task_run_id: criterion({ any_: list(uuid), is_null_: flag }),
  text: criterion({ query: z.string().check(z.maxLength(200)) }),
});
export type LogFilter = z.infer<typeof logFilter>;

export const variableFilter = z.strictObject({
  operator,
  id: idAny,
  name: nameLike,
  tags: tagsAllNull,
});
export type VariableFilter = z.infer<typeof variableFilter>;

export const blockTypeFilter = z.strictObject({
  name: criterion({ like_: z.nullish(text) }),
  slug: criterion({ any_: list(text) }),
});
export type BlockTypeFilter = z.infer<typeof blockTypeFilter>;

export const blockSchemaFilter = z.strictObject({
  operator,
  block_type_id: idAny,
  block_capabilities: criterion({ all_: list(text) }),
  id: idAny,
  version: criterion({ any_: list(text) }),
});
export type BlockSchemaFilter = z.infer<typeof blockSchemaFilter>;

export const blockDocumentFilter = z.strictObject({
  operator,
  id: idAny,
  is_anonymous: criterion({ eq_: flag }),
  block_type_id: idAny,
  name: nameLike,
});
export type BlockDocumentFilter = z.infer<typeof blockDocumentFilter>;

export const artifactFilter = z.strictObject({
  operator,
  id: idAny,
  key: criterion({ any_: list(text), like_: z.nullish(text), exists_: flag }),
  flow_run_id: idAny,
  task_run_id: idAny,
  type: criterion({ any_: list(text), not_any_: list(text) }),
});
export type ArtifactFilter = z.infer<typeof artifactFilter>;

export const artifactCollectionFilter = z.strictObject({
  operator,
  latest_id: idAny,
  key: criterion({ any_: list(text), like_: z.nullish(text), exists_: flag }),
  flow_run_id: idAny,
  task_run_id: idAny,
  type: criterion({ any_: list(text), not_any_: list(text) }),
});
export type ArtifactCollectionFilter = z.infer<typeof artifactCollectionFilter>;

/** The filters that every list route takes, combined by AND; each means "a related row exists that matches". */
export const filterEnvelope = {
  flows: z.nullish(flowFilter),
  flow_runs: z.nullish(flowRunFilter),
  task_runs: z.nullish(taskRunFilter),
  deployments: z.nullish(deploymentFilter),
  work_pools: z.nullish(workPoolFilter),
  work_pool_queues: z.nullish(workQueueFilter),
};
export const countBody = z.object(filterEnvelope);
export type FilterEnvelope = z.infer<typeof countBody>;

const page = z.nullish(integer.check(z.gte(1)));

/** The bodies of a resource's `filter` and `paginate` routes with its own sorts; fields in Prefect's order, which errors keep. */
export const filterBody = <Sort extends z.ZodMiniType>(sort: Sort) =>
  z.object({ limit: pageLimit, sort: z.nullish(sort), offset, ...filterEnvelope });
export const paginateBody = <Sort extends z.ZodMiniType>(sort: Sort) =>
  z.object({ limit: pageLimit, sort: z.nullish(sort), page, ...filterEnvelope });

/** The same of resources that Prefect has sorted last. */
export const filterBodySortedLast = <Sort extends z.ZodMiniType>(sort: Sort) =>
  z.object({ limit: pageLimit, offset, ...filterEnvelope, sort: z.nullish(sort) });
export const paginateBodySortedLast = <Sort extends z.ZodMiniType>(sort: Sort) =>
  z.object({ limit: pageLimit, page, ...filterEnvelope, sort: z.nullish(sort) });
