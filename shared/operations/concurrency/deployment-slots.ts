import type { Deployment } from '../../domain/deployment.ts';
import { ClientError } from '../../domain/errors.ts';
import type { FlowRunDocument } from '../../domain/flow-run-life.ts';
import { renewsLeases, takesSlotsItself } from '../../domain/orchestration/client-version.ts';
import type { FlowRunFacts, FlowRunTransition } from '../../domain/orchestration/flow-runs.ts';
import type { StateProposal, StateType } from '../../domain/states.ts';
import type { App } from '../app.ts';
import { giveBackLease, leaseLimits, renewLease } from './concurrency-leases.ts';
import { limitOfDeployment } from './slot-places.ts';

/** A slot of its deployment's limit, taken for a run of a worker before its transition is decided. */
export interface SlotClaim {
  readonly facts: Partial<FlowRunFacts>;
  /** Gives back what the transition did not take; null when there was none. May be repeated. */
  settle(transition: FlowRunTransition | null): Promise<void>;
}

/** How long a run may take from Pending to Running, and its process between two renewals, before its slot is free again. */
const GRACE_SECONDS = 300;
/** The lease of a client that cannot renew it ends with the run alone. */
const FOR_EVER_SECONDS = 100 * 365 * 86_400;
const HOLDING: ReadonlySet<StateType | null> = new Set(['PENDING', 'RUNNING', 'CANCELLING']);
const NO_CLAIM: SlotClaim = { facts: {}, settle: async () => {} };

/**
 * Takes or renews the slot that a proposal needs, under a lease whose id the state will carry (prefect-api 4.6). Runs of push
 * pools hold their slots themselves (rule 20). A process that dies before the write loses the slot with the lease.
 */
export async function claimDeploymentSlot(
  app: App,
  doc: FlowRunDocument,
  proposal: StateProposal,
  options: { readonly force?: boolean; readonly clientVersion?: string | null },
): Promise<SlotClaim> {
  const { run, life } = doc;
  if (life.push !== null || run.deployment_id === null || options.force) return NO_CLAIM;
  const lease = run.state?.state_details.deployment_concurrency_lease_id ?? null;
  if (proposal.type === 'PENDING' && !HOLDING.has(run.state_type) && !takesSlotsItself(options.clientVersion ?? null)) {
    return claimForPending(app, doc);
  }
  if (run.state_type !== 'PENDING' || lease === null) return NO_CLAIM;
  if (!renewsLeases(options.clientVersion ?? null)) {
    if (proposal.type === 'RUNNING' || proposal.type === 'CANCELLING') await tryRenew(app, lease, FOR_EVER_SECONDS);
    return NO_CLAIM;
  }
  return proposal.type === 'RUNNING' ? claimForRunning(app, doc, lease) : NO_CLAIM;
}

async function claimForPending(app: App, { id, run }: FlowRunDocument): Promise<SlotClaim> {
  const deployment = await app.store.deployments.get(run.deployment_id ?? '');
  if (!deployment) return { ...NO_CLAIM, facts: { deploymentExists: false } };
  const facts = { deploymentExists: true, collisionStrategy: strategyOf(deployment) };
  const limit = await limitOfDeployment(app, deployment);
  if (!limit?.doc.active) return { ...NO_CLAIM, facts };
  if (limit.doc.limit === 0) return { ...NO_CLAIM, facts: { ...facts, deploymentSlot: 'limit-zero' } };
  const lease = await tryLease(app, deployment, id);
  if (lease === null) return { ...NO_CLAIM, facts: { ...facts, deploymentSlot: 'full' } };
  return {
    facts: { ...facts, deploymentSlot: 'free', newLeaseId: lease },
    settle: (transition) => giveBackUnless(app, lease, transition),
  };
}

async function claimForRunning(app: App, { id, run }: FlowRunDocument, lease: string): Promise<SlotClaim> {
  const deployment = await app.store.deployments.get(run.deployment_id ?? '');
  if (!deployment || (await tryRenew(app, lease, graceOf(deployment)))) return NO_CLAIM;
  const next = await tryLease(app, deployment, id);
  if (next === null) return { ...NO_CLAIM, facts: { leaseState: 'lost' } };
  return {
    facts: { leaseState: 'reacquired', newLeaseId: next },
    settle: (transition) => giveBackUnless(app, next, transition),
  };
}

async function tryLease(app: App, deployment: Deployment, flowRunId: string): Promise<string | null> {
  const limit = await limitOfDeployment(app, deployment);
  try {
    return await leaseLimits(app, limit ? [limit] : [], {
      slots: 1,
      mode: 'concurrency',
      lease_duration: graceOf(deployment),
      holder: { type: 'flow_run', id: flowRunId },
    });
  } catch (error) {
    if (error instanceof ClientError && error.kind === 'locked') return null;
    throw error;
  }
}

async function tryRenew(app: App, lease: string, seconds: number): Promise<boolean> {
  try {
    await renewLease(app, lease, seconds);
    return true;
  } catch (error) {
    if (error instanceof ClientError && error.kind === 'gone') return false;
    throw error;
  }
}

async function giveBackUnless(app: App, lease: string, transition: FlowRunTransition | null): Promise<void> {
  if (!transition?.takeSlot) await giveBackLease(app, lease);
}

const graceOf = ({ concurrency_options }: Deployment): number =>
  concurrency_options?.grace_period_seconds ?? GRACE_SECONDS;

const strategyOf = ({ concurrency_options }: Deployment) => concurrency_options?.collision_strategy ?? 'ENQUEUE';
