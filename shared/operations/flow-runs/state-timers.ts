import { dueOfState, type FlowRunDocument } from '../../domain/flow-run-life.ts';
import type { Principal } from '../../domain/principal.ts';
import { isTerminal } from '../../domain/states.ts';
import type { App } from '../app.ts';
import { setStateTimer } from '../events/timer-events.ts';
import { setFlowRunState } from './flow-runs.ts';

const SYSTEM: Principal = { kind: 'system' };
const PARENT_CANCELLED = 'The parent flow run was cancelled.';

/**
 * The timer of a state that must not stay, or that others follow from (prefect-api 4.8): a pause ends as Failed, cancelling as
 * Cancelled, and what a cancelled run left running is cancelled. A run that is in another state since is left alone. May fire
 * late and twice.
 */
export async function lookAtState(app: App, flowRunId: string, stateId: string): Promise<void> {
  const doc = await app.store.flowRuns.getLive(flowRunId);
  const state = doc?.run.state;
  if (!doc || state?.id !== stateId) return;
  if (state.type === 'CANCELLED') return cancelChildren(app, doc);
  const due = dueOfState(state);
  if (due === null) return;
  if (Date.parse(due) > app.clock.now().getTime()) return setStateTimer(app, flowRunId, stateId, due);
  if (state.type === 'PAUSED') {
    const message = 'The flow was paused and never resumed.';
    await setFlowRunState(app, SYSTEM, flowRunId, { type: 'FAILED', message }, { force: true });
  } else {
    const message = 'Flow run cancellation timed out; marked this flow run as Cancelled.';
    await setFlowRunState(app, SYSTEM, flowRunId, { type: 'CANCELLED', message });
  }
}

/**
 * Its subflows: one with a deployment is asked to stop, another is over. And its task runs that have not ended; those of a push
 * pool are closed when the container is gone (rule 23).
 */
async function cancelChildren(app: App, { id, life }: FlowRunDocument): Promise<void> {
  for await (const task of app.store.taskRuns.ofFlowRun(id)) {
    if (isTerminal(task.state_type)) continue;
    let tracks = false;
    for await (const child of app.store.flowRuns.ofParentTask(task.id)) {
      tracks = true;
      await cancelSubflow(app, child);
    }
    if (tracks || life.push !== null) continue;
    const { setTaskRunState } = await import('../task-runs/set-task-run-state.ts');
    await setTaskRunState(app, SYSTEM, task.id, { type: 'CANCELLED', message: PARENT_CANCELLED }, { force: true });
  }
}

async function cancelSubflow(app: App, { id, run }: FlowRunDocument): Promise<void> {
  const type = run.deployment_id ? 'CANCELLING' : 'CANCELLED';
  if (isTerminal(run.state_type) || run.state_type === type) return;
  await setFlowRunState(app, SYSTEM, id, { type, message: PARENT_CANCELLED });
}
