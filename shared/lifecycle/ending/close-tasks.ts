import type { FlowRunDocument } from '../../domain/flow-run-life.ts';
import { isTerminal } from '../../domain/states.ts';
import type { App } from '../../operations/app.ts';
import { closeOpenTaskRuns } from '../../operations/task-runs/close-task-runs.ts';
import type { ExecutionInput } from '../../ports/lifecycle-engine.ts';
import { inputOf } from './clean-up.ts';

/** Task events that were under way when the container ended have arrived by then (rule 23). */
const TASK_EVENTS_SECONDS = 30;

/** Rule 23: only some time after the container ended can no client speak for its task runs any more. */
export async function closeTasksLater(app: App, doc: FlowRunDocument): Promise<void> {
  const target = app.settings.targets[doc.life.push ?? ''];
  if (!target || !(await hasOpenTaskRuns(app, doc.id))) return;
  const at = new Date(app.clock.now().getTime() + TASK_EVENTS_SECONDS * 1000);
  await app.timers.set(`close-tasks-${doc.id}`, at, target, { step: 'close-tasks', input: inputOf(doc) });
}

async function hasOpenTaskRuns(app: App, flowRunId: string): Promise<boolean> {
  for await (const task of app.store.taskRuns.ofFlowRun(flowRunId)) if (!isTerminal(task.state_type)) return true;
  return false;
}

/** The timer of a run that is over and has task runs that never reported their end. Safe to run twice and late. */
export async function closeTasks(app: App, input: ExecutionInput): Promise<void> {
  const doc = await app.store.flowRuns.getLive(input.flow_run_id);
  if (!doc || doc.life.attempt !== input.attempt || !isTerminal(doc.run.state_type)) return;
  const end = doc.run.end_time ?? app.clock.now().toISOString();
  const message = `The flow run ended as ${doc.run.state_name} before this task run reported its end.`;
  await closeOpenTaskRuns(app, doc.id, end, message);
}
