import type { JsonObject } from '../../domain/json/json.ts';
import type { Attempt, AttemptId, Job as PoolJob, Ref, Submitted } from '../target.ts';
import { TargetError } from '../target-error.ts';
import type { Job } from './client.ts';
import type { CloudRun, Opened } from './cloud-run.ts';
import { brokenJob, isFailed } from './conditions.ts';
import { jobMessage } from './job-message.ts';
import {
  ATTEMPT_LABEL,
  jobId,
  parentOf,
  RUN_LABEL,
  refOf,
  STARTED_BY_RUN_LABEL,
  shortName,
  startToken,
} from './names.ts';

/**
 * Makes the job and, by its start token, exactly one execution with it: the request may be repeated as often as it likes. Where
 * Cloud Run refuses the token, the execution is started by a request of its own once the job is ready (targets.md 2.3).
 */
export async function submitJob(run: CloudRun, given: PoolJob, at: Attempt): Promise<Submitted> {
  const opened = run.open(given);
  const there = at.mayExist ? await getJob(opened, at) : null;
  if (there) return adopt(opened, at, there);
  const created = await create(opened, at);
  if (created === 'exists') {
    const found = await getJob(opened, at);
    if (found) return adopt(opened, at, found);
    throw new TargetError('transient', 'Google Cloud Run has the job and does not show it yet.');
  }
  const id = jobId(opened.job, at);
  if (created === 'with-execution') return submitted(refOf(opened.job, at, id, `${id}-${startToken(at)}`), false);
  throw NOT_READY();
}

/** What an earlier submission of this attempt made. */
export async function findJob(run: CloudRun, given: PoolJob, at: Attempt): Promise<Ref | null> {
  const opened = run.open(given);
  const job = await getJob(opened, at);
  return job && refOf(opened.job, at, jobId(opened.job, at), executionOf(job, opened, at) ?? '');
}

const submitted = (ref: Ref, adopted: boolean): Submitted => ({ ref, adopted, warnings: [] });
const NOT_READY = () =>
  new TargetError('transient', 'The Cloud Run job is being made ready; its execution is started as soon as it is.');

const fullName = ({ job }: Opened, at: AttemptId): string =>
  `${parentOf({ project: job.credentials.project, region: job.region })}/jobs/${jobId(job, at)}`;

const getJob = (opened: Opened, at: AttemptId): Promise<Job | null> =>
  opened.readIfThere(() => opened.client.getJob(fullName(opened, at)));

async function create(opened: Opened, at: AttemptId): Promise<'with-execution' | 'without' | 'exists'> {
  const { job } = opened;
  const labels = { [RUN_LABEL]: at.flowRunId.toLowerCase(), [ATTEMPT_LABEL]: String(at.attempt) };
  const body = withLabels(job.body, labels);
  try {
    await send(opened, at, { ...body, startExecutionToken: startToken(at) });
    return 'with-execution';
  } catch (error) {
    const { kind, message } = error as TargetError;
    if (kind === 'conflict') return 'exists';
    if (kind !== 'invalid' || !/start_?execution_?token/i.test(message)) throw error;
  }
  try {
    await send(opened, at, withLabels(body, { [STARTED_BY_RUN_LABEL]: 'true' }));
    return 'without';
  } catch (error) {
    if ((error as TargetError).kind === 'conflict') return 'exists';
    throw error;
  }
}

async function send({ client, job, errorOf }: Opened, at: AttemptId, body: JsonObject): Promise<void> {
  const message = jobMessage(body);
  const parent = parentOf({ project: job.credentials.project, region: job.region });
  try {
    await client.createJob(parent, jobId(job, at), message);
  } catch (thrown) {
    throw errorOf(thrown);
  }
}

function withLabels(body: JsonObject, more: Record<string, string>): JsonObject {
  const template = (body['template'] ?? {}) as JsonObject;
  const add = (labels: unknown) => ({ ...(labels as JsonObject), ...more });
  return { ...body, labels: add(body['labels']), template: { ...template, labels: add(template['labels']) } };
}

async function adopt(opened: Opened, at: AttemptId, job: Job): Promise<Submitted> {
  const id = jobId(opened.job, at);
  const execution = executionOf(job, opened, at);
  if (execution) return submitted(refOf(opened.job, at, id, execution), true);
  if (isFailed(job.terminalCondition)) {
    await opened.client.deleteJob(fullName(opened, at)).catch(() => {}); // the run's end is what matters; the name is of this attempt alone
    throw new TargetError('invalid', brokenJob(job.terminalCondition).message);
  }
  if (job.terminalCondition?.state !== 'CONDITION_SUCCEEDED') throw NOT_READY();
  return startExecution(opened, at, job);
}

/** The short name of the job's execution: as Cloud Run shows it, or as the start token names it; null when it is still to be started. */
function executionOf(job: Job, opened: Opened, at: AttemptId): string | null {
  const shown = shortName(job.latestCreatedExecution?.name);
  if (shown) return shown;
  return job.labels?.[STARTED_BY_RUN_LABEL] ? null : `${jobId(opened.job, at)}-${startToken(at)}`;
}

/**
 * Not to be repeated blindly: with the etag of a job that shows no execution, a second request after one that went through is
 * refused; and whatever goes wrong, the job is looked at before anybody tries again.
 */
async function startExecution(opened: Opened, at: AttemptId, job: Job): Promise<Submitted> {
  const id = jobId(opened.job, at);
  try {
    const name = await opened.client.runJob(fullName(opened, at), job.etag ?? '');
    return submitted(refOf(opened.job, at, id, shortName(name)), true);
  } catch (thrown) {
    const error = opened.errorOf(thrown);
    const now = await getJob(opened, at);
    const shown = shortName(now?.latestCreatedExecution?.name);
    if (shown) return submitted(refOf(opened.job, at, id, shown), true);
    throw error.kind === 'transient' ? new TargetError('unknown-outcome', error.message, { cause: thrown }) : error;
  }
}
