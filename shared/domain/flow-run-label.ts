import type { FlowRun } from './flow-run.ts';
import { isTerminal, STATE_TYPES, type StateType } from './states.ts';

/** Longer names of states are left out of labels: a sort key ends at 1 KB. */
const NAME_LENGTH = 60;

/** What of a run can be counted by its place in a list alone; the state is that of its end, null while it has not ended. */
export interface LabelledRun {
  readonly isSubflow: boolean;
  readonly state: { readonly type: StateType /** Null when it is too long. */; readonly name: string | null } | null;
}

type Labelled = Pick<FlowRun, 'parent_task_run_id' | 'state_type' | 'state_name'>;

/** `-` or `s` (a subflow), and the type and name of the state in which the run has ended: `-COMPLETED:Cached`. */
export function flowRunLabel({ parent_task_run_id, state_type, state_name }: Labelled): string {
  const kind = parent_task_run_id === null ? '-' : 's';
  if (state_type === null || !isTerminal(state_type)) return kind;
  const isLong = state_name === null || state_name.length > NAME_LENGTH;
  return `${kind}${state_type}${isLong ? '' : `:${state_name}`}`;
}

/** The reverse; null for what is no label. */
export function readFlowRunLabel(label: string): LabelledRun | null {
  const [, kind, type, name] = /^([-s])(?:([A-Z]+)(?::(.*))?)?$/s.exec(label) ?? [];
  if (kind === undefined) return null;
  if (type === undefined) return { isSubflow: kind === 's', state: null };
  const known = STATE_TYPES.find((each) => each === type);
  return known ? { isSubflow: kind === 's', state: { type: known, name: name ?? null } } : null;
}
