import type { TaskRunFacts } from '../../domain/orchestration/task-run-facts.ts';
import type { TaskRun } from '../../domain/task-run.ts';
import type { App } from '../app.ts';

/** What the task-run policy needs to know beside the task run. */
export async function taskRunFacts(app: App, task: TaskRun): Promise<TaskRunFacts> {
  const doc = task.flow_run_id ? await app.store.flowRuns.getLive(task.flow_run_id) : null;
  const details = doc?.run.state?.state_details;
  return {
    flowRun: doc && {
      id: doc.id,
      stateType: doc.run.state_type,
      runCount: doc.run.run_count,
      pauseTimeout: details?.pause_timeout ?? null,
      pauseReschedule: details?.pause_reschedule ?? false,
    },
    random: Math.random(),
  };
}
