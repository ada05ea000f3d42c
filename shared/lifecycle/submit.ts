import { TransientError } from '../domain/errors.ts';
import type { FlowRunDocument } from '../domain/flow-run-life.ts';
import { isTerminal } from '../domain/states.ts';
import type { App } from '../operations/app.ts';
import { appendLogs } from '../operations/logs.ts';
import { type ExecutionInput, executionName } from '../ports/lifecycle-engine.ts';
import type { StoredItem } from '../store/table.ts';
import type { Attempt, Job, Target } from '../targets/target.ts';
import { changeLife } from './change-life.ts';
import { recordContainer } from './ending/record-container.ts';
import { type FrozenJob, lifecycleLog, readFrozenJob } from './submitting/frozen-job.ts';
import { endPrevious } from './submitting/previous-attempt.ts';
import { submissionFailed } from './submitting/submission-failed.ts';

/** How long one submission may take before another may look for its container: a target's function lives 25 seconds. */
const LEASE_SECONDS = 30;

/**
 * Makes the container of the attempt exist exactly once and records where it is. The target looks before it creates and
 * adopts what it finds; the run's lease keeps two calls from doing so at once, those of one execution as well.
 *
 * If run twice: the second call adopts; while the first is at work it throws `TransientError` or `ConflictError` to be called again.
 * If the step before crashed, nothing was promised; if this one crashed between the cloud and the record, the next call finds the
 * container by its derived name.
 */
export async function submit(app: App, target: Target, input: ExecutionInput): Promise<void> {
  const wanted = await read(app, input);
  if (!wanted) return;
  const { owner, doc, mayExist } = await takeLease(app, input, wanted.stored);
  try {
    await endPrevious(app, target, doc);
    const { job, run } = wanted.frozen;
    const at = { flowRunId: doc.id, attempt: input.attempt, run, mayExist };
    if (mayExist && doc.life.spoke) await mustBeFound(target, job, at);
    const submitted = await target.submit(job, at);
    await recordContainer(app, doc.id, input.attempt, submitted.ref, job);
    await appendLogs(
      app,
      submitted.warnings.map((text) => lifecycleLog(app, doc.id, 30, text)),
    );
  } catch (error) {
    await letGo(app, doc.id, owner);
    await submissionFailed(app, doc, error);
  }
}

/**
 * A container that has spoken was made, whatever its submission was told: when the cloud does not show it, it is gone, and the flow
 * must not begin a second time. It is looked for again as long as this step is tried; then Finish says so.
 */
async function mustBeFound(target: Target, job: Job, at: Attempt): Promise<void> {
  if (await target.find(job, at)) return;
  throw new TransientError(
    'container-gone',
    'The container of this attempt has used its token, and its cloud does not show it.',
  );
}

interface Wanted {
  readonly stored: StoredItem<FlowRunDocument>;
  readonly frozen: FrozenJob;
}

/**
 * An attempt that waits to be submitted, and its job. Null when there is nothing to submit: superseded, over, or cancelled before
 * anything was asked of the cloud.
 */
async function read(app: App, input: ExecutionInput): Promise<Wanted | null> {
  const { flowRuns } = app.store;
  const stored = await flowRuns.table.get<FlowRunDocument>(flowRuns.key(input.flow_run_id));
  if (!stored || !isWanted(stored.doc, input)) return null;
  try {
    return { stored, frozen: await readFrozenJob(app, stored.doc.id, input.attempt) };
  } catch (error) {
    await submissionFailed(app, stored.doc, error);
    return null;
  }
}

function isWanted({ life, run }: FlowRunDocument, input: ExecutionInput): boolean {
  if (life.generation !== input.generation || life.phase !== 'open' || life.attempt !== input.attempt || life.ref)
    return false;
  const ending = isTerminal(run.state_type) || life.tombstone || run.state_type === 'CANCELLING';
  return !ending || life.submitLease !== null;
}

interface Lease {
  readonly owner: string;
  readonly doc: FlowRunDocument;
  /** A submission of this attempt was under way before. */
  readonly mayExist: boolean;
}

/** Throws `TransientError` while another call submits this run, `ConflictError` when the run has changed since it was read. */
async function takeLease(app: App, input: ExecutionInput, read: StoredItem<FlowRunDocument>): Promise<Lease> {
  const { life } = read.doc;
  const now = app.clock.now();
  if (life.submitLease && new Date(life.submitLease.until) > now) {
    throw new TransientError('submitting', 'Another call is submitting this run.', { retryAfterSeconds: 5 });
  }
  const owner = `${executionName(input)}/${app.clock.newId()}`;
  const until = new Date(now.getTime() + LEASE_SECONDS * 1000).toISOString();
  const leased = { ...read.doc, life: { ...life, submitLease: { owner, until } } };
  const { flowRuns } = app.store;
  const { doc } = await flowRuns.table.replace(read, flowRuns.write(leased));
  return { owner, doc, mayExist: life.submitLease !== null };
}

/** A submission that failed is over: the next one need not wait, and looks before it creates. */
async function letGo(app: App, flowRunId: string, owner: string): Promise<void> {
  const until = app.clock.now().toISOString();
  await changeLife(app, flowRunId, (life) =>
    life.submitLease?.owner === owner ? { ...life, submitLease: { owner, until } } : null,
  );
}
