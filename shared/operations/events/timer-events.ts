import { v5 as uuid5 } from 'uuid';
import type { CronSchedule } from '../../domain/schedules/schedule.ts';
import { type ExecutionInput, executionName } from '../../ports/lifecycle-engine.ts';
import { type App, timestamp } from '../app.ts';

/** The function that timers of time itself call; the others call a target's. */
export const TIMER_FUNCTION = 'timer-fired';

/** What it is called with. A firing may come late and twice: whatever it asks for looks first. */
export type TimerEvent =
  /** A schedule of a deployment is soon due. */
  | {
      readonly kind: 'guard';
      readonly deployment_id: string;
      readonly schedule_id: string;
      /** Of a guard that repeats: when, in words. */
      readonly rhythm?: string;
    }
  /** A run should have begun by now. */
  | { readonly kind: 'late'; readonly flow_run_id: string }
  /** A slot for which runs wait is free again unless its lease was renewed. */
  | { readonly kind: 'wake'; readonly owner: string }
  /** The window of a Proactive trigger may have ended. */
  | ({ readonly kind: 'bucket' } & BucketRef)
  /** A firing of an automation is to be performed, or performed further. */
  | { readonly kind: 'firing'; readonly firing_id: string }
  /** A flow run may still be in a state that must not stay. */
  | { readonly kind: 'state'; readonly flow_run_id: string; readonly state_id: string }
  /** Perhaps nobody polls a queue or a deployment any more, or a pool has no worker. */
  | { readonly kind: 'status'; readonly of: StatusOf; readonly id: string }
  /** A task worker is to be kept connected. */
  | { readonly kind: 'task-worker'; readonly connection_id: string }
  /** A socket that listens to events since this moment is to be kept connected. */
  | { readonly kind: 'listener'; readonly connection_id: string; readonly since: string }
  /** A run is soon due whose execution was too far ahead to be started. */
  | { readonly kind: 'start'; readonly input: ExecutionInput };

export type StatusOf = 'pool' | 'queue' | 'deployment';

/** The bucket of a trigger: by the values of its `for_each` labels. */
export interface BucketRef {
  readonly automation_id: string;
  readonly trigger_id: string;
  readonly key: readonly string[];
}

/** Rule 14: an execution is started at most this long before it is due. */
const HORIZON_SECONDS = 24 * 3600;
/** Timers may fire 59 s late; what they arm waits for the second. */
export const EARLY_SECONDS = 120;
/** How long a run may be overdue before it is called late (Prefect's setting, prefect-api 4.8). */
export const LATE_SECONDS = 15;

export function beyondHorizon(app: App, due: string): boolean {
  return secondsUntil(app, due) > HORIZON_SECONDS;
}

export async function setStartTimer(app: App, input: ExecutionInput, due: string): Promise<void> {
  await set(app, `start-${executionName(input)}`, moved(due, -EARLY_SECONDS), { kind: 'start', input });
}

export async function setLateTimer(app: App, flowRunId: string, due: string): Promise<void> {
  await set(app, `late-${flowRunId}`, moved(due, LATE_SECONDS), { kind: 'late', flow_run_id: flowRunId });
}

export async function setWakeTimer(app: App, owner: string, at: Date): Promise<void> {
  await set(app, `wake-${owner.replace('#', '-')}`, at, { kind: 'wake', owner });
}

export async function setBucketTimer(app: App, bucket: BucketRef, at: Date): Promise<void> {
  const name = `bucket-${uuid5(JSON.stringify(bucket.key), bucket.trigger_id)}`;
  await set(app, name, at, { kind: 'bucket', ...bucket });
}

export async function setFiringTimer(app: App, firingId: string, at: Date): Promise<void> {
  await set(app, `firing-${firingId}`, at, { kind: 'firing', firing_id: firingId });
}

export async function cancelFiringTimer(app: App, firingId: string): Promise<void> {
  await app.timers.cancel(`firing-${firingId}`);
}

export async function setStateTimer(app: App, flowRunId: string, stateId: string, due: string): Promise<void> {
  await set(app, `state-${stateId}`, new Date(due), { kind: 'state', flow_run_id: flowRunId, state_id: stateId });
}

export async function setStatusTimer(app: App, of: StatusOf, id: string, at: Date): Promise<void> {
  await set(app, `status-${of}-${id}`, at, { kind: 'status', of, id });
}

/** API Gateway ends a socket that is silent for ten minutes. */
const KEEP_ALIVE_SECONDS = 9 * 60;

export async function repeatTaskWorkerTimer(app: App, connectionId: string): Promise<void> {
  const event: TimerEvent = { kind: 'task-worker', connection_id: connectionId };
  await app.timers.repeat(taskWorkerTimer(connectionId), KEEP_ALIVE_SECONDS, TIMER_FUNCTION, { ...event });
}

export async function cancelTaskWorkerTimer(app: App, connectionId: string): Promise<void> {
  await app.timers.cancel(taskWorkerTimer(connectionId));
}

/** Rule 13: a minute less than that of task workers, since a firing may be a minute late. */
const LISTENER_SECONDS = 8 * 60;

export async function repeatListenerTimer(app: App, connectionId: string): Promise<void> {
  const event: TimerEvent = { kind: 'listener', connection_id: connectionId, since: timestamp(app) };
  await app.timers.repeat(listenerTimer(connectionId), LISTENER_SECONDS, TIMER_FUNCTION, { ...event });
}

export async function cancelListenerTimer(app: App, connectionId: string): Promise<void> {
  await app.timers.cancel(listenerTimer(connectionId));
}

/** Ids of connections end with `=`, which names of timers may not hold. */
const timerOf = (what: string, connectionId: string): string => `${what}-${connectionId.replace(/[^\w.-]/g, '')}`;
const taskWorkerTimer = (connectionId: string): string => timerOf('task-worker', connectionId);
const listenerTimer = (connectionId: string): string => timerOf('listener', connectionId);

export async function setGuardTimer(
  app: App,
  name: string,
  at: string,
  schedule: Omit<Extract<TimerEvent, { kind: 'guard' }>, 'kind'>,
): Promise<void> {
  await set(app, name, new Date(at), { kind: 'guard', ...schedule });
}

export async function repeatGuardTimer(
  app: App,
  name: string,
  rhythm: CronSchedule,
  schedule: Omit<Extract<TimerEvent, { kind: 'guard' }>, 'kind'>,
): Promise<void> {
  await app.timers.repeatAt(name, rhythm, TIMER_FUNCTION, { kind: 'guard', ...schedule });
}

/** Never in the past: a timer that is due already fires at once. */
async function set(app: App, name: string, at: Date, event: TimerEvent): Promise<void> {
  const now = app.clock.now();
  await app.timers.set(name, at > now ? at : now, TIMER_FUNCTION, { ...event });
}

const moved = (timestamp: string, seconds: number): Date => new Date(Date.parse(timestamp) + seconds * 1000);

const secondsUntil = (app: App, due: string): number => (Date.parse(due) - app.clock.now().getTime()) / 1000;
