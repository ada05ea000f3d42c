import type { State } from './states.ts';
import type { TaskRun } from './task-run.ts';

/** The document of a task run's item: Prefect's entity, its state history, and what makes late events harmless. */
export interface TaskRunDocument {
  readonly id: string;
  readonly task: TaskRun;
  /** By timestamp, then id; each state once. */
  readonly states: readonly State[];
  /**
   * Fields that the event of the present state did not carry: time and id of the event their value is from, `''` for none.
   * All others are from the event of the present state. With it, events in any order lead to the same task run.
   */
  readonly lagging: Readonly<Partial<Record<RecordedField, string>>>;
  /** Set while the present state was made up because the container is gone (rule 23); what the run was before. */
  readonly synthetic: { readonly stateId: string; readonly before: Partial<TaskRun> } | null;
}

/** The fields of a task run that a client's event may set. */
export const RECORDED_FIELDS = [
  'name',
  'cache_key',
  'cache_expiration',
  'task_version',
  'empirical_policy',
  'tags',
  'labels',
  'task_inputs',
  'run_count',
  'flow_run_run_count',
  'expected_start_time',
  'next_scheduled_start_time',
  'start_time',
  'end_time',
  'total_run_time',
] as const satisfies readonly (keyof TaskRun)[];
export type RecordedField = (typeof RECORDED_FIELDS)[number];

/** The most states kept; older ones are dropped. A task that retries for ever must not outgrow its item. */
const STATE_HISTORY = 200;

/** The history with a state in its place; a state that is there already changes nothing. */
export function withState(states: readonly State[], state: State): readonly State[] {
  if (states.some((known) => known.id === state.id)) return states;
  return [...states, state].sort(byTime).slice(-STATE_HISTORY);
}

function byTime(a: State, b: State): number {
  return compare(a.timestamp, b.timestamp) || compare(a.id, b.id);
}

const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

/** The run as it was before a made-up state; itself when there is none. */
export function withoutSynthetic(doc: TaskRunDocument): TaskRunDocument {
  const { synthetic } = doc;
  if (!synthetic) return doc;
  return {
    ...doc,
    task: { ...doc.task, ...synthetic.before },
    states: doc.states.filter((state) => state.id !== synthetic.stateId),
    synthetic: null,
  };
}
