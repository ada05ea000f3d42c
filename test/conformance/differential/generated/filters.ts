import fc from 'fast-check';
import { STATE_TYPES } from '../../../../shared/domain/states.ts';
import { IN_2030, UNKNOWN_ID } from '../scenario.ts';
import { body, pick, some } from './drawing.ts';
import { FLOW_NAMES, POOL_NAMES, QUEUE_NAMES } from './names.ts';

/** The filters of Prefect's API, each held to the world that is played with by `within`, since servers keep what earlier worlds left. */

const operator = pick('and_', 'or_');
const flag = fc.boolean();
const ids = (...names: string[]) => fc.subarray([...names.map((name) => `${name}.id`), UNKNOWN_ID]);
const anyOf = (...values: unknown[]) => some({ any_: fc.subarray(values) });
const anyOrNot = (...values: unknown[]) => some({ any_: fc.subarray(values), not_any_: fc.subarray(values) });
const like = (...values: string[]) => some({ any_: fc.subarray(values), like_: pick('zz', 'ZZ-', '%', 'nothing') });
const times = some({ before_: pick(IN_2030, '2020-01-01T00:00:00Z'), after_: pick(IN_2030, '2020-01-01') });
const timesOrNone = fc.oneof(times, some({ is_null_: flag }));
const tagsFilter = some({ operator, all_: fc.subarray(['zz-red', 'zz-blue'], { minLength: 1 }), is_null_: flag });
const stateFilter = some({
  operator,
  // Prefect drops a criterion that asks for both.
  type: fc.oneof(anyOf(...STATE_TYPES.slice(0, 4)), some({ not_any_: fc.subarray(['RUNNING', 'SCHEDULED']) })),
  name: anyOf('Late', 'Scheduled', 'Running'),
});

export const flowFilter = some({
  operator: pick('and_'),
  id: anyOf('$flow0.id', '$flow1.id'),
  name: some({ like_: pick('zz', 'FLOW0') }),
  tags: tagsFilter,
  deployment: some({ is_null_: flag }),
});
export const flowRunFilter = some({
  operator,
  id: some({ any_: ids('$run0', '$run1'), not_any_: ids('$run2') }),
  name: like('zz-r0', 'zz-r1'),
  tags: some({
    operator,
    all_: fc.subarray(['zz-red'], { minLength: 1 }),
    any_: fc.subarray(['zz-red', 'zz-blue']),
    is_null_: flag,
  }),
  deployment_id: some({ operator, any_: ids('$deployment0'), is_null_: flag }),
  work_queue_name: some({ operator, any_: fc.subarray(QUEUE_NAMES), is_null_: flag }),
  state: stateFilter,
  flow_version: anyOf('', 'plain'),
  start_time: timesOrNone,
  end_time: timesOrNone,
  expected_start_time: times,
  next_scheduled_start_time: times,
  parent_flow_run_id: some({ operator, any_: ids('$run1') }),
  parent_task_run_id: some({ operator, any_: ids('$task0'), is_null_: flag }),
  idempotency_key: anyOrNot('zz-key'),
  created_by: some({ operator, id_: ids(), type_: fc.subarray(['DEPLOYMENT']), is_null_: flag }),
});
export const taskRunFilter = some({
  operator,
  id: some({ any_: ids('$task0', '$task1') }),
  name: like('zz-t0', 'zz-t1'),
  tags: tagsFilter,
  state: some({ operator, type: anyOf('RUNNING', 'PENDING'), name: anyOf('Running') }),
  start_time: timesOrNone,
  end_time: timesOrNone,
  expected_start_time: times,
  subflow_runs: some({ exists_: flag }),
  flow_run_id: some({ operator, any_: ids('$run0', '$run1'), is_null_: flag }),
});
export const deploymentFilter = some({
  operator,
  id: some({ any_: ids('$deployment0'), not_any_: ids('$deployment1') }),
  name: like('zz-d0'),
  flow_or_deployment_name: some({ like_: pick('zz-flow', 'D1') }),
  paused: some({ eq_: flag }),
  tags: some({
    operator,
    all_: fc.subarray(['zz-red'], { minLength: 1 }),
    any_: fc.subarray(['zz-blue']),
    is_null_: flag,
  }),
  work_queue_name: anyOf(...QUEUE_NAMES),
});
export const workPoolFilter = some({ operator, name: anyOf(...POOL_NAMES), type: anyOf('process') });
export const workQueueFilter = some({
  operator,
  name: some({ any_: fc.subarray(QUEUE_NAMES), startswith_: fc.subarray(['zz-q', 'def']) }),
});

const offset = pick<unknown>(0, 1, 0, -1);
const limit = pick<unknown>(1, 2, 200, null, 201, -1);
const within = { flows: fc.constant({ name: { any_: FLOW_NAMES } }) };
const related = {
  flow_runs: flowRunFilter,
  task_runs: taskRunFilter,
  deployments: deploymentFilter,
  work_pools: workPoolFilter,
  work_pool_queues: workQueueFilter,
};
/** The foreign filters that Prefect's lists of a resource look at. */
const { work_pools: _, work_pool_queues: __, ...ofTaskRuns } = related;
const { work_pool_queues: ___, ...ofFlows } = related;
const RELATED = { flows: ofFlows, flow_runs: related, deployments: related, task_runs: ofTaskRuns };
type Resource = keyof typeof RELATED;

/** Bodies of count, filter and paginate of what belongs to a flow, each with at most two of the foreign filters. */
const few = (required: Record<string, fc.Arbitrary<unknown>>, optional: Record<string, fc.Arbitrary<unknown>>) =>
  fc
    .subarray(Object.keys(optional), { maxLength: 2 })
    .chain((keys) => fc.record({ ...required, ...Object.fromEntries(keys.map((key) => [key, optional[key]!])) }));
export const countBody = (of: Resource) => few(within, RELATED[of]);
export const filterBody = (of: Resource, ...sorts: string[]) =>
  few({ ...within, sort: pick(...sorts) }, { ...RELATED[of], limit, offset });
export const paginateBody = (of: Resource, ...sorts: string[]) =>
  few({ ...within, sort: pick(...sorts) }, { ...RELATED[of], limit, page: pick<unknown>(1, 2, 0) });
/** A filter of one resource that stands alone, by names that are the world's own. */
export const namedFilter = (resource: string, names: readonly string[], sorts: readonly string[] = []) =>
  body(
    { [resource]: fc.record({ name: fc.record({ any_: fc.subarray([...names], { minLength: 1 }) }) }) },
    { limit, offset, ...(sorts.length > 0 && { sort: pick(...sorts, 'ZZ_NONE') }) },
  );
