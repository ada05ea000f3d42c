import type { FlowRunDocument } from '../../domain/flow-run-life.ts';
import { signalled } from '../../domain/flow-run-life.ts';
import type { App } from '../../operations/app.ts';
import { performEffects } from '../../operations/flow-runs/pending-effects.ts';
import { hasEnded, type Observation, type Ref, type Target } from '../../targets/target.ts';
import { TargetError } from '../../targets/target-error.ts';
import { inputOf } from '../ending/clean-up.ts';
import { cleanUpClosedAttempt } from '../ending/clean-up-closed.ts';
import { containerEnded } from '../ending/container-ended.ts';
import { jobOf } from '../submitting/frozen-job.ts';
import { startDeadline } from './start-limit.ts';
import { leaseWatch, type WatchInput } from './watch-item.ts';
import { turnOffWhenIdle, watchedRuns } from './watched-runs.ts';

/**
 * One look at the containers of a pool's active runs, once a minute (rule 17): finds the ends that nobody reported, containers
 * that vanished, and those that do not start. It is not how success is noticed.
 *
 * If run twice: a short lease lets one look at a time; what was found is found again and changes nothing. If it crashed, the
 * next minute looks again.
 */
export async function watchPool(app: App, target: Target, input: WatchInput): Promise<void> {
  if (!(await leaseWatch(app, input))) return;
  const watched = await watchedRuns(app, input.pool_id);
  if (watched.length === 0) return turnOffWhenIdle(app, input);
  for (const place of byPlace(watched)) await lookAtPlace(app, target, place);
}

interface Placed {
  readonly doc: FlowRunDocument;
  readonly ref: Ref;
}

/** Containers that one `list` covers. A run whose container is not recorded yet is still its submission's business. */
function byPlace(watched: readonly FlowRunDocument[]): Placed[][] {
  const places = new Map<string, Placed[]>();
  for (const doc of watched) {
    const { ref } = doc.life;
    if (!ref) continue;
    const place = ref.key['place'] ?? '';
    places.set(place, [...(places.get(place) ?? []), { doc, ref }]);
  }
  return [...places.values()];
}

/** A place that does not answer is left for the next minute: the others must not wait for it. */
async function lookAtPlace(app: App, target: Target, placed: readonly Placed[]): Promise<void> {
  try {
    const job = await jobOf(app, placed[0]!.doc);
    if (!job) return;
    const refs = placed.map(({ ref }) => ref);
    const listed = new Map((await target.list(job, refs)).map(({ ref, observation }) => [ref.pid, observation]));
    for (const one of placed) {
      const seen = listed.get(one.ref.pid) ?? (await target.describe((await jobOf(app, one.doc)) ?? job, one.ref));
      await conclude(app, target, one.doc, seen);
    }
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    app.log({ level: 'ERROR', message: 'A pool watch could not look.', pid: placed[0]!.ref.pid, error: error.message });
  }
}

async function conclude(app: App, target: Target, doc: FlowRunDocument, seen: Observation): Promise<void> {
  if (hasEnded(seen)) {
    const event = { flow_run_id: doc.id, attempt: doc.life.attempt, observation: seen };
    const closed = await containerEnded(app, event);
    if (closed) await cleanUpClosedAttempt(app, target, inputOf(closed));
    return;
  }
  const deadline = seen.phase === 'provisioning' ? startDeadline(doc, doc.life.startLimitSeconds) : null;
  if (deadline && app.clock.now() >= deadline) await signalStartLimit(app, doc);
}

/** Finish looks itself whether the container has started meanwhile. */
async function signalStartLimit(app: App, doc: FlowRunDocument): Promise<void> {
  const stored = await app.store.flowRuns.table.update<FlowRunDocument>(app.store.flowRuns.key(doc.id), (current) =>
    current.life.attempt === doc.life.attempt && current.life.phase === 'open'
      ? app.store.flowRuns.write({ ...current, life: signalled(current.life, 'start-limit') })
      : null,
  );
  if (stored && stored.doc.life.pending.length > 0) await performEffects(app, stored);
}
