import { STATE_TYPES, type StateType } from './states.ts';
import type { TaskRun } from './task-run.ts';

/** Longer names of states are left out of labels: a sort key ends at 1 KB. */
const NAME_LENGTH = 60;

/** What the place of a task run that has ended tells of it. */
export type ToldTaskRun = Pick<
  TaskRun,
  'state_type' | 'start_time' | 'expected_start_time' | 'end_time' | 'total_run_time'
> & { readonly isSubflow: boolean; readonly state_name: string };

/**
 * `-` or `s` (it tracks a subflow), the type of the state in which it ended, `!` when it never started; when it was expected, how long it
 * ran and the name of the state: `-COMPLETED#2026-11-24T05:00:00.000000Z#1.5#Cached`.
 */
export function taskRunLabel(task: TaskRun): string {
  const kind = task.state?.state_details.child_flow_run_id == null ? '-' : 's';
  const parts = [`${kind}${task.state_type}${task.start_time === null ? '!' : ''}`, task.expected_start_time ?? ''];
  const isLong = task.state_name === null || task.state_name.length > NAME_LENGTH;
  return [...parts, task.total_run_time, ...(isLong ? [] : [task.state_name])].join('#');
}

/** What of a label is counted: the part before the times. */
export const countedPart = (label: string): string => label.slice(0, label.indexOf('#'));

/** The reverse of `countedPart`. */
export function readCountedPart(
  part: string,
): { isSubflow: boolean; state_type: StateType; isStarted: boolean } | null {
  const [, kind, type, unstarted] = /^([-s])([A-Z]+)(!)?$/.exec(part) ?? [];
  const state_type = STATE_TYPES.find((each) => each === type);
  return state_type ? { isSubflow: kind === 's', state_type, isStarted: !unstarted } : null;
}

/** What the sort key `<time>#<id>#<label>` of a place tells; null when the name of the state is too long for it. */
export function readTaskRunPlace(sort: string): ToldTaskRun | null {
  const [time = '', , part = '', expected = '', runTime = '', ...name] = sort.split('#');
  const read = readCountedPart(part);
  if (!read || name.length === 0) return null;
  return {
    ...{ isSubflow: read.isSubflow, state_type: read.state_type, state_name: name.join('#') },
    ...{ start_time: read.isStarted ? time : null, expected_start_time: expected || null },
    ...{ end_time: null, total_run_time: Number(runTime) },
  };
}
