import { v5 as uuid5 } from 'uuid';
import { withSlots } from '../domain/concurrency/flow-run-slots.ts';
import { ClientError, PushpoolError } from '../domain/errors.ts';
import type { FlowRunDocument, FlowRunLife } from '../domain/flow-run-life.ts';
import { isTerminal, type StateProposal } from '../domain/states.ts';
import type { App } from '../operations/app.ts';
import { transitionFlowRun } from '../operations/flow-runs/flow-run-transition.ts';
import { waitsForAncestor } from '../operations/flow-runs/waiting-ancestor.ts';
import { appendLogs } from '../operations/logs.ts';
import { passedOver } from '../operations/schedules/pass-over.ts';
import type { ExecutionInput } from '../ports/lifecycle-engine.ts';
import type { Prepared } from './ending/messages.ts';
import { armNext } from './submitting/arm-next.ts';
import { freezeJob, lifecycleLog } from './submitting/frozen-job.ts';
import { type Admission, admit, giveUnclaimedSlots } from './submitting/slots.ts';
import { joinWatch } from './watching/watched-runs.ts';

const WARNING = 30;
const SYSTEM = { kind: 'system' } as const;
/** Names the transition of an attempt to Pending, so that proposing it twice is one transition (rule 20). */
const TRANSITIONS = '6f1c5b9e-2f0a-4d4e-9a55-6f3d3a3c7f11';

/**
 * Reads everything afresh and decides how the execution goes on: wait, park, submit, or find its place in a run that is
 * already going. Takes the attempt with the Pending state and freezes its job.
 *
 * If run twice: the second call finds the attempt open and answers the same. If the step before or after crashed: the same.
 */
export async function prepare(app: App, input: ExecutionInput): Promise<Prepared> {
  const doc = await app.store.flowRuns.get(input.flow_run_id);
  if (!doc) return { next: 'done', why: 'the run is gone' };
  const prepared = await goAhead(app, doc, input);
  if (prepared.next !== 'wait') await armNext(app, doc);
  return prepared;
}

async function goAhead(app: App, doc: FlowRunDocument, input: ExecutionInput): Promise<Prepared> {
  const { life, run } = doc;
  if (life.generation !== input.generation) return leave(app, input, 'superseded');
  if (life.push === null || life.phase === 'closed') return { next: 'done', why: 'the attempt is closed' };
  const target = app.settings.targets[life.push];
  if (life.phase === 'open') return goOn(app, doc, input, target);
  if (life.tombstone || run.state_type !== 'SCHEDULED') {
    const left = await leave(app, input, `the run is ${run.state_name}`);
    return life.previous && target ? { next: 'finish', target } : left;
  }
  const due = run.state?.state_details.scheduled_time;
  if (due && new Date(due) > app.clock.now()) return { next: 'wait', until: due };
  if (await passedOver(app, doc)) return leave(app, input, 'passed over');
  const admission = await admit(app, doc, input.generation);
  if (admission.kind === 'blocked') return wait(app, doc, input, admission);
  return take(app, doc, input, target, admission);
}

/** This execution is not the one that runs it: what a call of it before this one took for it goes back. */
async function leave(app: App, input: ExecutionInput, why: string): Promise<Prepared> {
  await giveUnclaimedSlots(app, input);
  return { next: 'done', why };
}

/**
 * The run must wait. For its deployment's limit it says so, with the time it was due; or it is cancelled at once (rule 19). Where the limit
 * is 0, Prefect answers ABORT to Pending, which leaves the run as it is: Scheduled, then Late.
 */
async function wait(
  app: App,
  doc: FlowRunDocument,
  input: ExecutionInput,
  { by, of }: Extract<Admission, { kind: 'blocked' }>,
): Promise<Prepared> {
  const forDeployment = by.owner === of.deploymentOwner && by.limit?.limit !== 0;
  if (doc.run.state_name === 'AwaitingConcurrencySlot') return { next: 'park' };
  const ancestor = await waitsForAncestor(app, doc.run, by);
  if (!forDeployment) {
    if (ancestor && !doc.life.slotWait) await appendLogs(app, [lifecycleLog(app, doc.id, WARNING, ancestor)]);
    return { next: 'park' };
  }
  const { doc: after } = await transitionFlowRun(app, SYSTEM, doc.id, pending(doc, input), {
    unless: (current) => !isMine(current, input),
    facts: {
      deploymentExists: true,
      deploymentSlot: 'full',
      parksForSlot: { message: ancestor },
      collisionStrategy: of.deployment?.concurrency_options?.collision_strategy ?? 'ENQUEUE',
    },
  });
  return after.run.state_type === 'SCHEDULED'
    ? { next: 'park' }
    : leave(app, input, `the run is ${after.run.state_name}`);
}

/** The attempt is open: this execution, or one before it under the same generation, has been here. */
async function goOn(
  app: App,
  doc: FlowRunDocument,
  input: ExecutionInput,
  target: string | undefined,
): Promise<Prepared> {
  if (!target) return refuse(app, doc);
  const over = doc.life.tombstone || isTerminal(doc.run.state_type);
  if (over) return { next: 'finish', target };
  if (doc.life.ref) return { next: 'await', target };
  if (!(await tryFreeze(app, doc, input))) return { next: 'finish', target };
  return { next: 'submit', target };
}

/** Opens the attempt with its Pending state, in one conditional write; from before that on it is looked after. */
async function take(
  app: App,
  doc: FlowRunDocument,
  input: ExecutionInput,
  target: string | undefined,
  { of, slots }: Extract<Admission, { kind: 'admitted' }>,
): Promise<Prepared> {
  await joinWatch(app, doc);
  const {
    doc: after,
    changed,
    result,
  } = await transitionFlowRun(app, SYSTEM, doc.id, pending(doc, input), {
    unless: (current) => !isMine(current, input),
    facts: { deploymentExists: of.deployment !== null || doc.run.deployment_id === null, deploymentSlot: 'unlimited' },
    life: (life): FlowRunLife =>
      withSlots({ ...life, attempt: input.attempt, phase: 'open' as const, mailbox: null }, slots),
  });
  if (changed && after.run.state_type === 'PENDING') return goOn(app, after, input, target);
  if (after.life.phase === 'waiting' && doc.run.deployment_id && !of.deployment) await cancelOrphan(app, doc.id);
  return leave(app, input, `Pending was answered ${result.status}`);
}

/** Rule 10: a run whose deployment is gone can never begin. */
async function cancelOrphan(app: App, flowRunId: string): Promise<void> {
  const message = 'The deployment of this run was deleted.';
  await transitionFlowRun(
    app,
    SYSTEM,
    flowRunId,
    { type: 'CANCELLED', message },
    { unless: (current) => current.run.state_type !== 'SCHEDULED' || current.life.phase !== 'waiting' },
  );
}

const isMine = ({ life }: FlowRunDocument, { generation }: ExecutionInput): boolean =>
  life.generation === generation && life.phase === 'waiting';

const pending = (doc: FlowRunDocument, { generation, attempt }: ExecutionInput): StateProposal => ({
  type: 'PENDING',
  ...(doc.life.infrastructureRetries > 0 && { name: 'InfrastructurePending' }),
  state_details: { transition_id: uuid5(`${doc.id}/${generation}/${attempt}`, TRANSITIONS) },
});

/** Resolves and stores the attempt's job; a template that cannot be resolved ends the run with the reason. */
async function tryFreeze(app: App, doc: FlowRunDocument, input: ExecutionInput): Promise<boolean> {
  try {
    await freezeJob(app, doc, input.attempt);
    return true;
  } catch (error) {
    const final = error instanceof ClientError || (error instanceof PushpoolError && error.name === 'TerminalError');
    if (!final) throw error;
    await transitionFlowRun(app, SYSTEM, doc.id, {
      type: 'CRASHED',
      message: `Failed to submit flow run to infrastructure: ${error.message}`,
    });
    return false;
  }
}

async function refuse(app: App, doc: FlowRunDocument): Promise<Prepared> {
  const known = Object.keys(app.settings.targets).join(', ') || 'none';
  await transitionFlowRun(app, SYSTEM, doc.id, {
    type: 'CRASHED',
    message: `This pushpool cannot submit to work pools of type "${doc.life.push}" (it can: ${known}). Deploy the flow to a work pool of one of these types.`,
  });
  return { next: 'done', why: 'no target' };
}
