import type { TaskRunFilter } from '../../api/schemas/filters.ts';
import { anyOf, asked, type Check, combine, inTime, isNull, named, tagged } from '../../domain/filters/criteria.ts';
import type { TaskRun } from '../../domain/task-run.ts';

/** Prefect's `TaskRunFilter`. */
export function matchesTaskRun(filter: TaskRunFilter | null | undefined, task: TaskRun): boolean {
  if (!filter) return true;
  const { state } = filter;
  return combine(filter.operator, [
    named(filter.id, task.id),
    named(filter.name, task.name),
    tagged(filter.tags, task.tags),
    state &&
      combine(state.operator, [
        asked(state.type, ({ any_ }) => [anyOf(any_, task.state_type)]),
        asked(state.name, ({ any_ }) => [anyOf(any_, task.state_name)]),
      ]),
    inTime(filter.start_time, task.start_time),
    inTime(filter.end_time, task.end_time),
    inTime(filter.expected_start_time, task.expected_start_time),
    asked(filter.subflow_runs, ({ exists_ }) => [hasSubflow(exists_, task)]),
    asked(filter.flow_run_id, (criteria) => [ofFlowRun(criteria, task)]),
  ]);
}

/** Without a list: those of any flow run, unless `is_null_` says otherwise. The operator means nothing here. */
function ofFlowRun({ any_, is_null_ = false }: NonNullable<TaskRunFilter['flow_run_id']>, task: TaskRun): Check {
  if (is_null_) return task.flow_run_id === null;
  return any_ ? anyOf(any_, task.flow_run_id) : isNull(is_null_, task.flow_run_id);
}

/** A task run tracks a subflow when its state was mirrored from a child flow run (prefect-api 4.4). */
function hasSubflow(wanted: boolean | null | undefined, task: TaskRun): Check {
  if (wanted === null || wanted === undefined) return null;
  return (task.state?.state_details.child_flow_run_id != null) === wanted;
}
