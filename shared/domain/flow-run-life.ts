import { type HeldSlot, type SlotEffect, type SlotWait, withoutSlots } from './concurrency/flow-run-slots.ts';
import type { FlowRun } from './flow-run.ts';
import type { ScheduledBy } from './schedules/schedule.ts';
import { isTerminal, type State } from './states.ts';
import { addSeconds } from './utc.ts';

/**
 * What pushpool keeps on the run item beside Prefect's own fields: which attempt is live, which execution works for it,
 * who waits for what, and which effects of the last write are still to be done (rules 1, 2, 4, 5).
 */
export interface FlowRunLife {
  /** The push pool's type, e.g. `ecs:push`; null for runs that real workers or callers execute (rule 12). */
  push: string | null;
  /** The flow run whose token created this one; makes the tree that a token reaches (rule 8). */
  creator: string | null;
  /** How many automations stand before the run, when one of their actions made it. */
  depth?: number;
  /** The schedule that made the run (rule 15); absent for all others, and once a further attempt is due. */
  schedule?: ScheduledBy;
  /** Raised by a changed scheduled time, a retry, a resume or a repair. Executions of older generations end without effects. */
  generation: number;
  /** The live attempt, or the next one while it waits. Counts submissions from 1. */
  attempt: number;
  /** `waiting`: not yet taken by Prepare; `open`: its container may exist and speak; `closed`: fenced off. */
  phase: 'waiting' | 'open' | 'closed';
  /** Rule 1: written with the change that signals, read by whoever is about to wait. */
  mailbox: { generation: number; reason: string; sequence: number } | null;
  /** The task token somebody waits with. */
  token: { value: string; generation: number; waitsFor: 'slot' | 'signal' | 'end' } | null;
  /** Where the live attempt's container is. */
  ref: ContainerRef | null;
  /** When that container was first recorded; what it has to start is counted from here. */
  submitted?: string | null;
  /** How long that container may take to start. */
  startLimitSeconds?: number;
  /** Set before the first call to the cloud, so that a crash in between is seen. */
  submitLease: { owner: string; until: string } | null;
  /** Why the last submission failed, for the message when no other comes. */
  submitError: string | null;
  /** The live attempt's container has used its token. */
  spoke: boolean;
  /** The live attempt's container was seen to end. */
  ended: { at: string; phase: string; exitCode: number | null; cause: string | null; message: string } | null;
  /** The container of the attempt before, until it has ended and is cleaned up. */
  previous: { attempt: number; ref: ContainerRef } | null;
  /** Attempts made for the infrastructure's sake, apart from the flow's retries. */
  infrastructureRetries: number;
  /** Executions of this attempt in a row that ended soon after their start, and not by their last step. */
  lostExecutions?: number;
  /** Rule 10: deleted for everybody, still to be stopped and cleaned up. */
  tombstone: boolean;
  /** Rule 20: kept through in-process retries, blocking pauses and infrastructure retries. */
  slots: readonly HeldSlot[];
  slotWait: SlotWait | null;
  pending: Effect[];
}

export interface ContainerRef {
  readonly pid: string;
  readonly key: Readonly<Record<string, string>>;
}

/** What a write owes the world; done inline, cleared by a second write, repaired when the first process died (rule 2). */
export type Effect =
  | { readonly kind: 'start'; readonly attempt: number; readonly generation: number }
  | { readonly kind: 'signal'; readonly sequence: number }
  /** `depth`: how many automations stand before the change, when some do. */
  | { readonly kind: 'state-event'; readonly stateId: string; readonly depth?: number }
  | { readonly kind: 'mirror-state'; readonly stateId: string }
  /** Nobody but a worker will start the run: a timer looks whether one did. */
  | { readonly kind: 'late-timer'; readonly due: string }
  /** The state must not stay, or others follow from it: a timer looks. */
  | { readonly kind: 'state-timer'; readonly stateId: string; readonly due: string }
  | SlotEffect
  | { readonly kind: 'give-lease'; readonly leaseId: string };

/** The document of a flow run's item. */
export interface FlowRunDocument {
  readonly id: string;
  readonly run: FlowRun;
  /** The state history, oldest first; the last is the run's state. */
  readonly states: State[];
  readonly life: FlowRunLife;
}

export function newLife(push: string | null, creator: string | null = null): FlowRunLife {
  return {
    push,
    creator,
    generation: 1,
    attempt: 1,
    phase: 'waiting',
    mailbox: null,
    token: null,
    ref: null,
    submitted: null,
    submitLease: null,
    submitError: null,
    spoke: false,
    ended: null,
    previous: null,
    infrastructureRetries: 0,
    tombstone: false,
    slots: [],
    slotWait: null,
    pending: [],
  };
}

/** The event that a state owes. A run that an automation made passes on how many stood before that. */
export function stateEvent(life: Pick<FlowRunLife, 'depth'>, state: State, depth: number): Effect {
  const deepest = Math.max(life.depth ?? 0, depth);
  return { kind: 'state-event', stateId: state.id, ...(deepest > 0 && { depth: deepest }) };
}

/** The life after a transition has made `state`; adds the effects it owes. */
export function lifeAfterTransition(
  before: FlowRunDocument,
  run: FlowRun,
  state: State,
  options: {
    readonly inProcessRetry: boolean;
    readonly keepsSlots?: boolean;
    readonly leaseGiven?: string | null;
    readonly depth?: number;
  },
): FlowRunLife {
  const pending: Effect[] = [...before.life.pending, stateEvent(before.life, state, options.depth ?? 0)];
  if (run.parent_task_run_id) pending.push({ kind: 'mirror-state', stateId: state.id });
  if (before.life.push === null) pending.push(...lateTimerOf(state));
  pending.push(...stateTimerOf(before.life, state));
  const life: FlowRunLife = { ...before.life, pending };
  if (options.leaseGiven) pending.push({ kind: 'give-lease', leaseId: options.leaseGiven });
  if (life.push === null) return life;
  const stays = options.inProcessRetry || options.keepsSlots;
  if (state.type === 'SCHEDULED' && !options.inProcessRetry) return rescheduled(before, life, state, stays ?? false);
  const after = leavesSlots(state) ? withoutSlots(life) : life;
  return signalsFinish(state) && life.phase === 'open' ? signalled(after, state.type) : after;
}

/** What a run owes that a worker or a caller is to start (rule 12): someone who looks whether that happened. */
export function lateTimerOf(state: State): Effect[] {
  const due = state.type === 'SCHEDULED' && state.name === 'Scheduled' ? state.state_details.scheduled_time : null;
  return due === null ? [] : [{ kind: 'late-timer', due }];
}

/** After this a run that a worker does not report Cancelled is called so (prefect-api 4.8). */
const CANCELLING_SECONDS = 300;

/**
 * A pause is looked at so long after it was set at the earliest, as Prefect's service looks every 5 seconds: who leaves a pause whose
 * time has passed is told so by the rule.
 */
const LEAST_PAUSE_SECONDS = 5;
const notBefore = (time: string, earliest: string): string =>
  Date.parse(time) > Date.parse(earliest) ? time : earliest;

/** When something follows from a state by itself; null when nothing does. */
export function dueOfState({ type, timestamp, state_details }: State): string | null {
  if (type === 'PAUSED') {
    const { pause_timeout: timeout } = state_details;
    return timeout && notBefore(timeout, addSeconds(timestamp, LEAST_PAUSE_SECONDS));
  }
  if (type === 'CANCELLING') return addSeconds(timestamp, CANCELLING_SECONDS);
  return type === 'CANCELLED' ? timestamp : null;
}

/** A run of a push pool is seen to its end by its execution, cancelling included. */
function stateTimerOf({ push }: FlowRunLife, state: State): Effect[] {
  const due = push !== null && state.type === 'CANCELLING' ? null : dueOfState(state);
  return due === null ? [] : [{ kind: 'state-timer', stateId: state.id, due }];
}

/** Rule 6: which states end the wait. A blocking pause does not: its container lives on. */
export function signalsFinish(state: State): boolean {
  return (
    isTerminal(state.type) ||
    state.type === 'CANCELLING' ||
    (state.type === 'PAUSED' && state.state_details.pause_reschedule)
  );
}

/** Every way out of an attempt goes through one of these, so that slots are given back with the state that ends it. */
const leavesSlots = (state: State): boolean =>
  isTerminal(state.type) || (state.type === 'PAUSED' && state.state_details.pause_reschedule);

/** Puts a marker into the mailbox and owes the signal (rule 1). */
export function signalled(life: FlowRunLife, reason: string): FlowRunLife {
  const sequence = (life.mailbox?.sequence ?? 0) + 1;
  return {
    ...life,
    mailbox: { generation: life.generation, reason, sequence },
    pending: [...life.pending.filter((effect) => effect.kind !== 'signal'), { kind: 'signal', sequence }],
  };
}

/** A run that is due again: the same attempt when it never began, the next one after that. */
function rescheduled(before: FlowRunDocument, life: FlowRunLife, state: State, keepsSlots: boolean): FlowRunLife {
  const was = before.run.state;
  const neverBegan = life.phase === 'waiting';
  if (
    neverBegan &&
    was?.type === 'SCHEDULED' &&
    was.state_details.scheduled_time === state.state_details.scheduled_time
  ) {
    return life; // Late, or the same time again: the execution under way is right
  }
  const after = keepsSlots ? life : withoutSlots(life);
  return neverBegan ? nextGeneration(after, after.attempt) : nextAttempt(after);
}

/** A new attempt under a new generation; the container of the old one is remembered until it is cleaned up. */
export function nextAttempt(life: FlowRunLife): FlowRunLife {
  const previous = life.ref ? { attempt: life.attempt, ref: life.ref } : life.previous;
  const fresh = { ...newLife(life.push, life.creator), ...(life.depth && { depth: life.depth }) };
  return nextGeneration(
    {
      ...fresh,
      generation: life.generation,
      infrastructureRetries: life.infrastructureRetries,
      previous,
      slots: life.slots,
      pending: life.pending,
      token: life.token,
    },
    life.attempt + 1,
  );
}

/** The next generation of an attempt, with its start owed. Whoever waits for the old one is let go. */
export function nextGeneration(life: FlowRunLife, attempt: number): FlowRunLife {
  const generation = life.generation + 1;
  const released = signalled(life, 'superseded');
  const pending = released.pending.filter((effect) => effect.kind !== 'start');
  return {
    ...released,
    mailbox: null,
    generation,
    attempt,
    pending: [...pending, { kind: 'start', attempt, generation }],
  };
}

/** The life without the effects that were done. */
export function withoutEffects(life: FlowRunLife, done: readonly Effect[]): FlowRunLife {
  const doneTexts = new Set(done.map((effect) => JSON.stringify(effect)));
  return { ...life, pending: life.pending.filter((effect) => !doneTexts.has(JSON.stringify(effect))) };
}
