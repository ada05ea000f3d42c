import { ConflictError, notFound } from '../../domain/errors.ts';
import { type FlowRunDocument, type FlowRunLife, lifeAfterTransition } from '../../domain/flow-run-life.ts';
import {
  type FlowRunFacts,
  type FlowRunTransition,
  orchestrateFlowRun,
  orchestrateLate,
} from '../../domain/orchestration/flow-runs.ts';
import type { OrchestrationResult } from '../../domain/orchestration-result.ts';
import type { Principal } from '../../domain/principal.ts';
import { isTerminal, type StateProposal } from '../../domain/states.ts';
import type { StoredItem } from '../../store/table.ts';
import { type App, timestamp } from '../app.ts';
import { actionDepth } from '../automations/action-depth.ts';
import { claimDeploymentSlot } from '../concurrency/deployment-slots.ts';
import { performEffects } from './pending-effects.ts';

export interface TransitionOptions {
  readonly force?: boolean;
  /** Marks the run as late, whatever is proposed beside it. */
  readonly late?: boolean;
  /** The version in the client's user agent; decides what old clients cannot do. */
  readonly clientVersion?: string | null;
  /** Changes the life in the same write, e.g. opens the attempt with its Pending state. Runs only on a new state. */
  readonly life?: (life: FlowRunLife) => FlowRunLife;
  /** What the caller has found out already; the rest is looked up. */
  readonly facts?: Partial<FlowRunFacts>;
  /** A SCHEDULED that keeps the slots of the attempt before: infrastructure retries (rule 20). */
  readonly keepsSlots?: boolean;
  /** Refuses the transition before it is tried, by what the item holds at that instant. */
  readonly unless?: (doc: FlowRunDocument) => boolean;
}

export interface TransitionOutcome {
  readonly result: OrchestrationResult;
  readonly doc: FlowRunDocument;
  /** True when the run has a new state, be it the proposed one or one in its place. */
  readonly changed: boolean;
}

/** A transition is decided on one revision and written on it; whoever loses the race reads again and decides anew. */
const ATTEMPTS = 12;

/** The most states kept on the run item; older ones are dropped. A looping run must not outgrow its item. */
const STATE_HISTORY = 200;

/**
 * Proposes a state to a flow run: rules, write, effects. Exactly one of two concurrent proposals meets the state it saw;
 * the other is decided on what the first made. Throws 404 for an unknown run. May be repeated: the same `transition_id`
 * changes nothing twice.
 */
export async function transitionFlowRun(
  app: App,
  principal: Principal,
  id: string,
  proposal: StateProposal,
  options: TransitionOptions = {},
): Promise<TransitionOutcome> {
  for (let attempt = 1; ; attempt++) {
    const stored = await app.store.flowRuns.read(id);
    if (!stored || stored.doc.life.tombstone) throw notFound(`Flow run with id ${id} not found`);
    const refusal = fence(stored.doc, principal, proposal) ?? (options.unless?.(stored.doc) ? SUPERSEDED : null);
    if (refusal) return { result: { ...refusal, state: stored.doc.run.state }, doc: stored.doc, changed: false };
    const claim = await claimDeploymentSlot(app, stored.doc, proposal, options);
    const transition = await decide(app, stored.doc, proposal, {
      ...options,
      facts: { ...claim.facts, ...options.facts },
    });
    try {
      const outcome = await commit(app, stored, transition, options);
      await claim.settle(transition);
      return outcome;
    } catch (error) {
      await claim.settle(null);
      if (!(error instanceof ConflictError) || attempt >= ATTEMPTS) throw error;
    }
  }
}

const SUPERSEDED = {
  status: 'ABORT',
  details: { type: 'abort_details', reason: 'This attempt was superseded.' },
} as const;

/** Rules 5 and 8: the token of another attempt, or of one that has ended, changes nothing; repeating the last move is fine. */
function fence(doc: FlowRunDocument, principal: Principal, proposal: StateProposal): typeof SUPERSEDED | null {
  if (principal.kind !== 'run' || principal.flowRunId !== doc.id) return null;
  const { attempt, phase } = doc.life;
  const repeated =
    proposal.state_details?.transition_id != null &&
    proposal.state_details.transition_id === doc.run.state?.state_details.transition_id;
  if (repeated) return null;
  const live = principal.attempt === attempt && phase === 'open' && !isTerminal(doc.run.state_type);
  return live ? null : SUPERSEDED;
}

async function decide(
  app: App,
  doc: FlowRunDocument,
  proposal: StateProposal,
  options: TransitionOptions,
): Promise<FlowRunTransition> {
  const facts: FlowRunFacts = {
    deploymentExists: options.facts?.deploymentExists ?? (await deploymentExists(app, doc, proposal)),
    clientVersion: options.clientVersion ?? null,
    ...options.facts,
  };
  const given = { run: doc.run, facts, now: app.clock.now(), newId: () => app.clock.newId() };
  if (options.late) return orchestrateLate(given);
  return orchestrateFlowRun({ ...given, proposed: proposal, force: options.force ?? false });
}

/** Only a run that is about to be Pending asks; a run keeps the id of a deployment that was deleted. */
async function deploymentExists(app: App, { run }: FlowRunDocument, proposal: StateProposal): Promise<boolean> {
  if (run.deployment_id === null || proposal.type !== 'PENDING') return run.deployment_id !== null;
  return (await app.store.deployments.get(run.deployment_id)) !== null;
}

async function commit(
  app: App,
  stored: StoredItem<FlowRunDocument>,
  transition: FlowRunTransition,
  options: TransitionOptions,
): Promise<TransitionOutcome> {
  const { doc } = stored;
  const { state, result } = transition;
  if (!state) return { result, doc, changed: false };
  const run = { ...transition.run, updated: timestamp(app) };
  const after = lifeAfterTransition(doc, run, state, {
    inProcessRetry: transition.inProcessRetry,
    leaseGiven: transition.releaseSlot ? (doc.run.state?.state_details.deployment_concurrency_lease_id ?? null) : null,
    ...(options.keepsSlots && { keepsSlots: true }),
    depth: actionDepth(),
  });
  const life = options.life ? options.life(after) : after;
  const next: FlowRunDocument = {
    id: doc.id,
    // Rule 11: no live attempt, no infrastructure.
    run: life.attempt === doc.life.attempt ? run : { ...run, infrastructure_pid: null },
    states: [...doc.states, state].slice(-STATE_HISTORY),
    life,
  };
  const written = await app.store.flowRuns.replace(stored, next);
  await performEffects(app, written);
  return { result, doc: next, changed: true };
}
