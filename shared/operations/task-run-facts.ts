import type { TaskRunFacts } from '../domain/orchestration/task-runs.ts';
import type { TaskRun } from '../domain/task-run.ts';
import type { App } from './app.ts';

/** What the task-run policy needs to know beside the task run. */
export async function taskRunFacts(app: App, task: TaskRun): Promise<TaskRunFacts> {
  const flowRun = task.flow_run_id ? await app.store.flowRuns.getLive(task.flow_run_id) : null;
  return { flowRun: flowRun && { state_type: flowRun.run.state_type, run_count: flowRun.run.run_count } };
}
