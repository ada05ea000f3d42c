import type { TaskRun } from '../../task-run.ts';
import type { Made } from '../transition.ts';

/** RUNNING counts as one more run. */
export function incrementTaskRunCount(made: Made<TaskRun>): Made<TaskRun> {
  if (made.state.type !== 'RUNNING') return made;
  return { ...made, run: { ...made.run, run_count: made.run.run_count + 1 } };
}
