import { v5 as uuid5 } from 'uuid';
import { flowRunStateEvent } from '../../domain/events/flow-run-events.ts';
import { flowRunStateChange } from '../../domain/events/flow-run-state-change.ts';
import type { FlowRunDocument } from '../../domain/flow-run-life.ts';
import type { App } from '../app.ts';
import { publishEvents } from '../events/events.ts';
import { readRemembered } from '../events/remembered.ts';
import { forceTaskRunState } from '../task-runs/mirrored-states.ts';

/** Names the copy of a state on the tracking task run, so that mirroring twice makes one state. */
const MIRRORED = '3c0f4f5c-90b5-4b0f-8c57-8a3f9d0c7e55';

/**
 * Publishes a state change: the event that Prefect's clients follow (prefect-api 4.9), whose id is the state's, so that a second
 * call makes no second one; then the one on the team's bus, which may be doubled.
 */
export async function publishStateEvent(app: App, { run, states }: FlowRunDocument, stateId: string): Promise<void> {
  const place = states.findIndex((state) => state.id === stateId);
  const state = states[place];
  if (!state) return;
  const [flow, deployment, queue, pool, parent] = await Promise.all([
    readRemembered(app, 'flows', run.flow_id),
    readRemembered(app, 'deployments', run.deployment_id),
    readRemembered(app, 'workQueues', run.work_queue_id),
    readRemembered(app, 'workPools', run.work_pool_id),
    run.parent_task_run_id ? app.store.taskRuns.get(run.parent_task_run_id) : null,
  ]);
  const parentTaskRun = parent?.task ?? null;
  const change = { run, flow, deployment, queue, pool, parentTaskRun, initial: states[place - 1] ?? null, state };
  await publishEvents(app, [flowRunStateEvent(change)]);
  await app.bus.put(flowRunStateChange(change));
}

/** A subflow's state shows on the task run that tracks it, with the id of the subflow run (prefect-api 4.4). */
export async function mirrorStateToParent(app: App, { run, states }: FlowRunDocument, stateId: string): Promise<void> {
  const state = states.find(({ id }) => id === stateId);
  if (!state || !run.parent_task_run_id) return;
  await forceTaskRunState(app, run.parent_task_run_id, {
    ...state,
    id: uuid5(state.id, MIRRORED),
    state_details: { ...state.state_details, child_flow_run_id: run.id, task_run_id: run.parent_task_run_id },
  });
}
