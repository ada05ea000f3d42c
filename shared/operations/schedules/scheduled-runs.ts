import type { FlowRunDocument } from '../../domain/flow-run-life.ts';
import { type App, timestamp } from '../app.ts';
import { entomb, mayBeTakingSlots } from '../flow-runs/tombstones.ts';
import { deleteTaskRunsOf } from '../task-runs/delete-task-runs.ts';

const AWAITING_SLOT = 'AwaitingConcurrencySlot';

export interface WhichRuns {
  /** Only runs that the schedules made. */
  readonly autoScheduledOnly: boolean;
  /** Only runs that are not due yet. */
  readonly futureOnly: boolean;
}

/**
 * Deletes a deployment's runs that are still scheduled and never ran, except those that wait for a concurrency slot. Each
 * goes only if it is still SCHEDULED at that moment (rule 10). May be repeated.
 */
export async function deleteScheduledRuns(app: App, deploymentId: string, which: WhichRuns): Promise<void> {
  const ids = new Set<string>();
  for await (const doc of scheduledRuns(app, deploymentId, which.futureOnly)) {
    if (isDeletable(doc, which)) ids.add(doc.id);
  }
  for (const id of ids) await deleteScheduledRun(app, id, (doc) => isDeletable(doc, which));
}

/** Runs that wait for a concurrency slot of a deployment that is gone. */
export async function runsAwaitingSlot(app: App, deploymentId: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id, run } of scheduledRuns(app, deploymentId, false)) {
    if (run.state_name === AWAITING_SLOT) ids.push(id);
  }
  return ids;
}

/** Future runs from the deployment's own list; overdue ones from the list of what is scheduled now, which history does not lengthen. */
async function* scheduledRuns(app: App, deploymentId: string, futureOnly: boolean): AsyncGenerator<FlowRunDocument> {
  const now = timestamp(app);
  for await (const doc of app.store.flowRuns.ofDeployment(deploymentId, { from: now })) {
    if (doc.run.state_type === 'SCHEDULED') yield doc;
  }
  if (futureOnly) return;
  for await (const doc of app.store.flowRuns.byState('SCHEDULED', { to: now })) {
    if (doc.run.deployment_id === deploymentId) yield doc;
  }
}

/** True for a run that its schedule made and nobody has begun or taken elsewhere: it goes when its schedule does (rule 10). */
export function isUntouched(doc: FlowRunDocument): boolean {
  return isDeletable(doc, { autoScheduledOnly: true });
}

function isDeletable({ run }: FlowRunDocument, which: Pick<WhichRuns, 'autoScheduledOnly'>): boolean {
  return (
    run.state_type === 'SCHEDULED' &&
    run.state_name !== AWAITING_SLOT &&
    run.run_count === 0 &&
    (run.auto_scheduled || !which.autoScheduledOnly)
  );
}

/**
 * Marks the run as deleted under its revision, lets go whoever waits for it, and removes it unless Prepare must; a run that is no longer
 * `deletable` at that moment stays. True when the run is gone.
 */
export async function deleteScheduledRun(
  app: App,
  id: string,
  deletable: (doc: FlowRunDocument) => boolean = isUntouched,
): Promise<boolean> {
  const doc = await entomb(app, id, deletable);
  if (doc === 'spared') return false;
  if (doc && !mayBeTakingSlots(app, doc)) {
    await deleteTaskRunsOf(app, id);
    await app.store.flowRuns.delete(id);
  }
  return true;
}
