import { PushpoolError } from '../../domain/errors.ts';
import type { FlowRunDocument } from '../../domain/flow-run-life.ts';
import type { ContainerFinding, SweepFinding } from '../../domain/sweep-report.ts';
import type { WorkPool } from '../../domain/work-pool.ts';
import { type App, timestamp } from '../../operations/app.ts';
import { readSweepReport, writeSweepReport } from '../../store/sweep-reports.ts';
import type { Job, Listed, Target } from '../../targets/target.ts';
import { TargetError } from '../../targets/target-error.ts';
import { cleanedUp, inputOf } from '../ending/clean-up.ts';
import { cleanUpClosedAttempt } from '../ending/clean-up-closed.ts';
import { jobOf } from '../submitting/frozen-job.ts';
import { resolveJobOfRun } from '../submitting/resolve-job.ts';
import { EndedContainers } from './ended-containers.ts';
import { type Custody, custodyOf } from './orphan.ts';
import { forgetPlace, type Place, placesOf } from './places.ts';
import { reviveIfAbandoned } from './revive.ts';
import type { SweepInput } from './sweep-timer.ts';
import { endSweeps, sweepAgain } from './watch-item.ts';
import { watchedRuns } from './watched-runs.ts';

/** What one sweep finds is told up to here; the next tells the rest. */
const MOST_FINDINGS = 100;
/** What was mended is told for a day; a container that does not end for so long is left to the operator. */
const TELL_SECONDS = 24 * 3600;

/**
 * Looks for what fell through everything else (decision 061): containers whose run does not know them any more are stopped, runs
 * that nobody works for go on, and what cannot be judged here is told. Armed by activity and over some time after it: nothing
 * ticks while nothing runs. A place that did not answer is looked at again, for a day. What it reads is what runs and what has
 * ended since the sweep before, however long a cloud shows what has ended (decision 069).
 *
 * If run twice: what was mended is found mended. If it crashed: the next sweep was set first.
 */
export async function sweepPool(app: App, target: Target, { pool_id: poolId }: SweepInput): Promise<void> {
  const pool = await app.store.workPools.get(poolId);
  const functionName = pool && app.settings.targets[pool.type];
  if (!pool || !functionName) return;
  await sweepAgain(app, pool.id, functionName);
  const before = await readSweepReport(app.store.table, pool.id);
  const ended = new EndedContainers(before?.settled_before ?? null, app.clock.now());
  const found: SweepFinding[] = [];
  for (const place of await placesOf(app, pool.id)) found.push(...(await sweepPlace(app, target, pool, place, ended)));
  for (const doc of await watchedRuns(app, pool.id)) {
    if (await reviveIfAbandoned(app, doc)) found.push({ kind: 'revived', flow_run_id: doc.id, since: timestamp(app) });
  }
  const findings = withThoseBefore(app, before?.findings ?? [], found);
  const settled_before = findings.some(({ kind }) => kind === 'not-looked') ? ended.before : ended.settledBefore;
  await writeSweepReport(app.store.table, pool.id, { at: timestamp(app), findings, settled_before });
  if (!findings.some((finding) => isUnderWay(app, finding))) await endSweeps(app, pool.id);
}

/** A place that does not answer is told and left for the next sweep. */
async function sweepPlace(
  app: App,
  target: Target,
  pool: WorkPool,
  place: Place,
  ended: EndedContainers,
): Promise<SweepFinding[]> {
  const doc = await app.store.flowRuns.get(place.flow_run_id);
  if (!doc) {
    await forgetPlace(app, pool.id, place.place);
    return [];
  }
  try {
    const { job } = await resolveJobOfRun(app, doc.run, '');
    return await lookAt(app, target, job, await target.list(job, []), ended);
  } catch (error) {
    if (!(error instanceof PushpoolError)) throw error;
    app.log({ level: 'WARN', message: 'A sweep could not look.', place: place.place, error: error.message });
    return [{ kind: 'not-looked', place: place.place, message: error.message, since: timestamp(app) }];
  }
}

async function lookAt(
  app: App,
  target: Target,
  job: Job,
  listed: readonly Listed[],
  ended: EndedContainers,
): Promise<SweepFinding[]> {
  const unsettled = listed.filter((one) => !ended.isSettled(one));
  const ids = [...new Set(unsettled.map(({ at }) => at.flowRunId))];
  const docs = new Map((await app.store.flowRuns.getMany(ids)).map((doc) => [doc.id, doc]));
  const found: SweepFinding[] = [];
  for (const one of unsettled) {
    const doc = docs.get(one.at.flowRunId) ?? null;
    const custody = await judge(app, one, doc);
    if (custody === 'settled') continue;
    ended.attended(one);
    if (custody === 'attended') continue;
    const kind = await mend(app, target, job, one, doc, custody);
    if (kind) found.push(tell(app, one, kind));
  }
  return found;
}

/** Whether a job is kept is only asked when it matters. */
async function judge(app: App, one: Listed, doc: FlowRunDocument | null): Promise<Custody> {
  const custody = custodyOf(one, doc, true, app.clock.now());
  if (custody !== 'look-after' || (doc && (await jobOf(app, doc)))) return custody;
  return custodyOf(one, doc, false, app.clock.now());
}

/** What is told of it; null for what needs no telling. A cloud's fault is left for the next sweep. */
async function mend(
  app: App,
  target: Target,
  job: Job,
  { ref }: Listed,
  doc: FlowRunDocument | null,
  custody: Exclude<Custody, 'attended' | 'settled'>,
): Promise<ContainerFinding['kind'] | null> {
  if (custody === 'unknown') return 'unknown';
  try {
    if (custody === 'look-after') {
      await cleanUpClosedAttempt(app, target, inputOf(doc!));
      return null;
    }
    if (custody === 'clean-up') return (await cleanedUp(app, target, doc!.id, job, ref)) ? null : 'left';
    await target.stop(job, ref, 'no flow run needs it any more');
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    app.log({ level: 'ERROR', message: 'A sweep could not mend.', pid: ref.pid, error: error.message });
  }
  return 'stopped';
}

function tell(app: App, { ref, at }: Listed, kind: ContainerFinding['kind']): ContainerFinding {
  const since = timestamp(app);
  app.log({ level: 'WARN', message: 'A container without a live run.', kind, pid: ref.pid, flow_run_id: at.flowRunId });
  return { kind, pid: ref.pid, flow_run_id: at.flowRunId, attempt: at.attempt, since, gone_at: null };
}

/** What was found before keeps its first time; what is gone since is told for a day. */
function withThoseBefore(app: App, before: readonly SweepFinding[], found: readonly SweepFinding[]): SweepFinding[] {
  const known = new Map(before.map((finding) => [nameOf(finding), finding]));
  const now = found.map((finding) => ({ ...finding, since: known.get(nameOf(finding))?.since ?? finding.since }));
  const names = new Set(now.map(nameOf));
  const mended = before.flatMap((finding): SweepFinding[] => {
    if (names.has(nameOf(finding)) || age(app, finding.since) > TELL_SECONDS) return [];
    if (finding.kind === 'revived') return [finding];
    return finding.kind === 'stopped' ? [{ ...finding, gone_at: finding.gone_at ?? timestamp(app) }] : [];
  });
  return [...now, ...mended].slice(0, MOST_FINDINGS);
}

/** Somebody has to look again, whether it ended and what is there; for ever is too long. */
const isUnderWay = (app: App, finding: SweepFinding): boolean =>
  (finding.kind === 'not-looked' || (finding.kind === 'stopped' && finding.gone_at === null)) &&
  age(app, finding.since) <= TELL_SECONDS;

const nameOf = (finding: SweepFinding): string =>
  [finding.kind, 'pid' in finding ? finding.pid : 'place' in finding ? finding.place : finding.flow_run_id].join(' ');

const age = (app: App, since: string): number => (app.clock.now().getTime() - new Date(since).getTime()) / 1000;
