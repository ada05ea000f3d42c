import { notFound } from '../../domain/errors.ts';
import { objectId, type ReceivedEvent } from '../../domain/events/event.ts';
import type { State } from '../../domain/states.ts';
import { toUtc } from '../../domain/utc.ts';
import { timeOfId } from '../../domain/uuid-time.ts';
import { TaskRunStates } from '../../store/task-run-states.ts';
import type { App } from '../app.ts';

/** A state's timestamp and the time in its id were taken by one process, one after the other. */
const APART_MS = 60_000;

/**
 * A state of a flow run by the state's id alone. States live on their run (decision 003); the way from a state to its run is
 * the event of the state change, which has the state's id. Throws 404, also when the event has expired.
 */
export async function readFlowRunState(app: App, stateId: string): Promise<State> {
  const event = await stateEvent(app, stateId);
  const runId = event && objectId(event.resource, 'prefect.flow-run');
  const states = runId ? (await app.store.flowRuns.getLive(runId))?.states : null;
  return found(states, stateId);
}

/** The same for a task run, whose states clients report as events or set over REST. */
export async function readTaskRunState(app: App, stateId: string): Promise<State> {
  const event = await stateEvent(app, stateId);
  const told = event && objectId(event.resource, 'prefect.task-run');
  const taskId = told ?? (await new TaskRunStates(app.store.table).owner(stateId));
  return found(taskId ? (await app.store.taskRuns.get(taskId))?.states : null, stateId);
}

async function stateEvent(app: App, id: string): Promise<ReceivedEvent | null> {
  const at = timeOfId(id);
  if (at === null) return null;
  const time = (ms: number): string => toUtc(new Date(ms).toISOString())!;
  return app.store.events.find(id, time(at - APART_MS), time(at + APART_MS));
}

/** Prefect says "Flow run state" of task runs' states too. */
function found(states: readonly State[] | null | undefined, id: string): State {
  const state = states?.find((known) => known.id === id);
  if (!state) throw notFound('Flow run state not found');
  return state;
}
