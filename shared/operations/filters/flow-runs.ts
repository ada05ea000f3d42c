import type { FlowRunFilter } from '../../api/schemas/filters.ts';
import {
  anyOf,
  asked,
  type Check,
  combine,
  inTime,
  isNull,
  named,
  notAnyOf,
  tagged,
} from '../../domain/filters/criteria.ts';
import type { FlowRun } from '../../domain/flow-run.ts';

/** Prefect's `FlowRunFilter`; `parentMatches` answers its `parent_flow_run_id`, which needs a look at the parent task run. */
export function matchesFlowRun(
  filter: FlowRunFilter | null | undefined,
  run: FlowRun,
  parentMatches: Check = null,
): boolean {
  if (!filter) return true;
  const { state, deployment_id, work_queue_name, parent_task_run_id, created_by } = filter;
  return combine(filter.operator, [
    named(filter.id, run.id),
    named(filter.name, run.name),
    tagged(filter.tags, run.tags),
    deployment_id &&
      combine(deployment_id.operator, [
        anyOf(deployment_id.any_, run.deployment_id),
        isNull(deployment_id.is_null_, run.deployment_id),
      ]),
    work_queue_name &&
      combine(work_queue_name.operator, [
        anyOf(work_queue_name.any_, run.work_queue_name),
        isNull(work_queue_name.is_null_, run.work_queue_name),
      ]),
    state && combine(state.operator, [oneOf(state.type, run.state_type), oneOf(state.name, run.state_name)]),
    asked(filter.flow_version, ({ any_ }) => [anyOf(any_, run.flow_version)]),
    started(filter.start_time, run),
    inTime(filter.end_time, run.end_time),
    inTime(filter.expected_start_time, run.expected_start_time),
    inTime(filter.next_scheduled_start_time, run.next_scheduled_start_time),
    asked(filter.parent_flow_run_id, () => [parentMatches]),
    parent_task_run_id &&
      combine(parent_task_run_id.operator, [
        anyOf(parent_task_run_id.any_, run.parent_task_run_id),
        isNull(parent_task_run_id.is_null_, run.parent_task_run_id),
      ]),
    named(filter.idempotency_key, run.idempotency_key),
    created_by &&
      combine(created_by.operator, [
        anyOf(created_by.id_, run.created_by?.id),
        anyOf(created_by.type_, run.created_by?.type),
        isNull(created_by.is_null_, run.created_by),
      ]),
  ]);
}

/** A run that has not started stands at the time it is expected. */
function started(range: FlowRunFilter['start_time'], run: FlowRun): Check {
  if (!range) return null;
  const { is_null_, ...span } = range;
  const isSpan = span.after_ || span.before_;
  return combine('and_', [
    isSpan ? inTime(span, run.start_time ?? run.expected_start_time) : null,
    isNull(is_null_, run.start_time),
  ]);
}

/** Of a state: unlike other criteria, one that says nothing is as one that is not given. */
function oneOf<T>(
  criteria: { any_?: readonly T[] | null | undefined; not_any_?: readonly T[] | null | undefined } | null | undefined,
  value: T | null,
): Check {
  const checks = [anyOf(criteria?.any_, value), notAnyOf(criteria?.not_any_, value)];
  return checks.every((check) => check === null) ? null : combine('and_', checks);
}
