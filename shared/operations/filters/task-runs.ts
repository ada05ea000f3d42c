import type { TaskRunFilter } from '../../api/schemas/filters.ts';
import { anyOf, type Check, combine, inTime, isNull, named, tagged } from '../../domain/filters/criteria.ts';
import type { TaskRun } from '../../domain/task-run.ts';

/** Prefect's `TaskRunFilter`. */
export function matchesTaskRun(filter: TaskRunFilter | null | undefined, task: TaskRun): boolean {
  if (!filter) return true;
  const { state, flow_run_id } = filter;
  return combine(filter.operator, [
    named(filter.id, task.id),
    named(filter.name, task.name),
    tagged(filter.tags, task.tags),
    state &&
      combine(state.operator, [
        state.type && anyOf(state.type.any_, task.state_type),
        state.name && anyOf(state.name.any_, task.state_name),
      ]),
    inTime(filter.start_time, task.start_time),
    inTime(filter.end_time, task.end_time),
    inTime(filter.expected_start_time, task.expected_start_time),
    hasSubflow(filter.subflow_runs?.exists_, task),
    flow_run_id &&
      combine(flow_run_id.operator, [
        anyOf(flow_run_id.any_, task.flow_run_id),
        isNull(flow_run_id.is_null_, task.flow_run_id),
      ]),
  ]);
}

/** A task run tracks a subflow when its state was mirrored from a child flow run (prefect-api 4.4). */
function hasSubflow(wanted: boolean | null | undefined, task: TaskRun): Check {
  if (wanted === null || wanted === undefined) return null;
  return (task.state?.state_details.child_flow_run_id != null) === wanted;
}
