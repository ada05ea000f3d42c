import type { FlowRunPolicy } from '../flow-run.ts';
import { isJsonObject } from '../json/json.ts';
import type { OrchestrationResult } from '../orchestration-result.ts';
import { makeState, type State, type StateProposal, type StateType } from '../states.ts';

/** What flow runs and task runs have in common as far as their states are concerned. */
export interface OrchestratedRun {
  readonly id: string;
  readonly state_id: string | null;
  readonly state_type: StateType | null;
  readonly state_name: string | null;
  readonly state_timestamp: string | null;
  readonly run_count: number;
  readonly expected_start_time: string | null;
  readonly next_scheduled_start_time: string | null;
  readonly start_time: string | null;
  readonly end_time: string | null;
  readonly total_run_time: number;
  readonly state: State | null;
}

/** The transition as a rule sees it: where the run is, where it shall go, and what was looked up beforehand. */
export interface Transition<Run, Facts> {
  readonly run: Run;
  readonly initial: State | null;
  readonly proposed: State;
  readonly facts: Facts;
  /** The present, RFC 3339 in UTC with microseconds. */
  readonly now: string;
  readonly newId: () => string;
  /** Completes a proposal with an id and the present time. */
  readonly newState: (proposal: StateProposal) => State;
}

/** A refusal. `REJECT` with a state puts that one in place of the proposed; everything else keeps the present state. */
export type Refusal =
  | { readonly status: 'REJECT'; readonly reason: string; readonly state: State | null }
  | { readonly status: 'WAIT'; readonly reason: string; readonly delaySeconds: number }
  | { readonly status: 'ABORT'; readonly reason: string };

/** What a rule decides; nothing, when it has no objection. */
export interface Ruling<Run> {
  readonly refusal?: Refusal;
  /** The proposed state, amended. Its type stays. */
  readonly proposed?: State;
  /** The run, changed before the state is made; taken back when a later rule refuses. */
  readonly run?: Run;
  /** A change of the run after the state is made; dropped when a later rule refuses. */
  readonly after?: (run: Run) => Run;
  /** What the caller owes once the state is written; dropped when a later rule refuses. */
  readonly effects?: readonly TransitionEffect[];
}

/**
 * `take-slot`, `release-slot`: the run's slot of its deployment's or tags' limit; `revoke-lease`: forget the lease and keep the
 * slot; `insert-cache`: remember the state under its cache key; `enqueue`: hand the task run to the task workers.
 */
export type TransitionEffect = 'take-slot' | 'release-slot' | 'revoke-lease' | 'insert-cache' | 'enqueue';

export type StateTypes = ReadonlySet<StateType | null>;
export type Rule<Run, Facts> = (transition: Transition<Run, Facts>) => Ruling<Run> | undefined;

/** A rule for flow runs and task runs alike; it changes nothing on the run. */
export type SharedRule = (
  transition: Transition<OrchestratedRun, unknown>,
) => Pick<Ruling<never>, 'refusal' | 'proposed' | 'effects'> | undefined;

/** A rule and the transitions it guards, by the types of the present and of the originally proposed state. */
export interface GuardedBy<Run, Facts> {
  readonly from: StateTypes;
  readonly to: StateTypes;
  readonly rule: Rule<Run, Facts>;
}

/** Bookkeeping on every state that is made, be it the proposed one or one in its place. */
export interface Made<Run> {
  readonly run: Run;
  readonly initial: State | null;
  readonly state: State;
}
export type Transform<Run> = (made: Made<Run>) => Made<Run>;

export interface Outcome<Run> {
  readonly result: OrchestrationResult;
  /** The run with its new state, or as it was. */
  readonly run: Run;
  /** The state to store; null when nothing changed. */
  readonly state: State | null;
  readonly effects: ReadonlySet<TransitionEffect>;
  /** The rule that refused; null when the proposal was accepted. */
  readonly refusedBy: Rule<Run, never> | null;
}

/**
 * Fires a policy (prefect-api 4.1): rules in order, the first refusal wins; the transforms then run on whatever state is made.
 * Rules are chosen by the type that was proposed originally. Pure: call it again with other facts as often as needed.
 */
export function orchestrate<Run extends OrchestratedRun, Facts>(
  policy: readonly GuardedBy<Run, Facts>[],
  transforms: readonly Transform<Run>[],
  input: { run: Run; proposed: StateProposal; facts: Facts; now: string; newId: () => string },
): Outcome<Run> {
  const { run: before, facts, now, newId } = input;
  const initial = before.state;
  const newState = (proposal: StateProposal): State => makeState(proposal, newId(), now);
  const original = newState(input.proposed);
  const from = initial?.type ?? null;
  let proposed = original;
  let run = before;
  let afters: ((run: Run) => Run)[] = [];
  let effects: TransitionEffect[] = [];
  let refusal: Refusal | null = null;
  let refusedBy: Rule<Run, Facts> | null = null;
  for (const guard of policy) {
    if (!guard.from.has(from) || !guard.to.has(original.type)) continue;
    const ruling = guard.rule({ run, initial, proposed, facts, now, newId, newState });
    if (!ruling) continue;
    if (ruling.refusal) {
      // What earlier rules did counts for the refused transition only.
      run = ruling.run ?? before;
      afters = ruling.after ? [ruling.after] : [];
      effects = [...(ruling.effects ?? [])];
      refusal = ruling.refusal;
      refusedBy = guard.rule;
      break;
    }
    proposed = ruling.proposed ?? proposed;
    run = ruling.run ?? run;
    if (ruling.after) afters.unshift(ruling.after);
    effects.push(...(ruling.effects ?? []));
  }
  const state = refusal ? (refusal.status === 'REJECT' ? refusal.state : null) : proposed;
  const details = { ...answer(refusal) };
  if (!state) {
    return { result: { ...details, state: initial }, run: before, state: null, effects: new Set(), refusedBy };
  }
  let made: Made<Run> = { run, initial, state };
  for (const transform of transforms) made = transform(made);
  const stored = storedForm(made.state);
  const changed = { ...made.run, state_id: stored.id, state: stored };
  return {
    result: { ...details, state: made.state },
    run: afters.reduce<Run>((current, after) => after(current), changed),
    state: stored,
    effects: new Set(effects),
    refusedBy,
  };
}

function answer(refusal: Refusal | null): Pick<OrchestrationResult, 'status' | 'details'> {
  if (!refusal) return { status: 'ACCEPT', details: { type: 'accept_details' } };
  const { status, reason } = refusal;
  if (status === 'REJECT') return { status, details: { type: 'reject_details', reason } };
  if (status === 'ABORT') return { status, details: { type: 'abort_details', reason } };
  return { status, details: { type: 'wait_details', delay_seconds: refusal.delaySeconds, reason } };
}

/** The answer carries the data as sent; what was not persisted by the client is not kept (prefect-api 4.1). */
function storedForm(state: State): State {
  return isUnpersisted(state.data) ? { ...state, data: null } : state;
}

function isUnpersisted(data: State['data']): boolean {
  return isJsonObject(data) && data['type'] === 'unpersisted';
}

/** True when the data of a state points to a result that somebody has stored. */
export function hasPersistedResult(data: State['data']): boolean {
  if (!isJsonObject(data)) return false;
  return Object.keys(data).length > 0 && !isUnpersisted(data);
}

/** The run with some fields of its policy changed. */
export function withPolicy<Run extends { readonly empirical_policy: FlowRunPolicy }>(
  run: Run,
  policy: Partial<FlowRunPolicy>,
): Run {
  return { ...run, empirical_policy: { ...run.empirical_policy, ...policy } };
}

/** The state with some of its details changed. */
export function withDetails(state: State, details: Partial<State['state_details']>): State {
  return { ...state, state_details: { ...state.state_details, ...details } };
}
