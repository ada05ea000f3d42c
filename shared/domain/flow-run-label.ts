import type { FlowRun } from './flow-run.ts';
import { isTerminal, STATE_TYPES, type StateType } from './states.ts';

/** Longer names of states are left out of labels: a sort key ends at 1 KB. */
const NAME_LENGTH = 60;

/** What of a run can be counted by its place in a list alone; the state is that of its end, null where it is not told. */
export interface LabelledRun {
  readonly isSubflow: boolean;
  readonly workQueueId: string | null;
  readonly state: { readonly type: StateType /** Null when it is too long. */; readonly name: string | null } | null;
}

type Labelled = Pick<FlowRun, 'parent_task_run_id' | 'work_queue_id' | 'state_type' | 'state_name'>;

/**
 * In the list of all runs: `-` or `s` (a subflow), the id of the work queue, and the type and name of the state in which the run has
 * ended: `-COMPLETED:Cached`, `-0192f0c46d3e7a52b1c08d5f3a4e9b71FAILED:Failed`.
 */
export function flowRunLabel(run: Labelled): string {
  return `${kindOf(run)}${run.work_queue_id?.replaceAll('-', '') ?? ''}${endOf(run)}`;
}

/**
 * In the lists of an owner, where an end as it should be leaves the place as it is: the same without the queue, and without the state of
 * runs that ended Completed.
 */
export function ownersRunLabel(run: Labelled): string {
  return `${kindOf(run)}${isPlainlyCompleted(run) ? '' : endOf(run)}`;
}

export const isPlainlyCompleted = ({ state_type, state_name }: Pick<Labelled, 'state_type' | 'state_name'>): boolean =>
  state_type === 'COMPLETED' && state_name === 'Completed';

/** The reverse of both; null for what is no label. */
export function readFlowRunLabel(label: string): LabelledRun | null {
  const [, kind, queue, type, name] = /^([-s])([0-9a-f]{32})?(?:([A-Z]+)(?::(.*))?)?$/s.exec(label) ?? [];
  if (kind === undefined) return null;
  const run = { isSubflow: kind === 's', workQueueId: queue ? withDashes(queue) : null };
  if (type === undefined) return { ...run, state: null };
  const known = STATE_TYPES.find((each) => each === type);
  return known ? { ...run, state: { type: known, name: name ?? null } } : null;
}

const kindOf = ({ parent_task_run_id }: Labelled): string => (parent_task_run_id === null ? '-' : 's');

function endOf({ state_type, state_name }: Labelled): string {
  if (state_type === null || !isTerminal(state_type)) return '';
  const isLong = state_name === null || state_name.length > NAME_LENGTH;
  return `${state_type}${isLong ? '' : `:${state_name}`}`;
}

const withDashes = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
