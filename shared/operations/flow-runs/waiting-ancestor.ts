import { holderUuid } from '../../domain/concurrency/holder-ids.ts';
import type { FlowRun } from '../../domain/flow-run.ts';
import type { App } from '../app.ts';
import type { SlotPlace } from '../concurrency/slot-places.ts';

/** A tree of runs deeper than this is not looked through. */
const DEPTH = 20;

/**
 * What to tell a run that waits for a slot which a run above it holds, and may hold until this one is done (rule 20): Prefect lets both wait
 * for ever. Null when no ancestor holds one. Only runs that a task of another run made are looked at.
 */
export async function waitsForAncestor(app: App, run: FlowRun, place: SlotPlace): Promise<string | null> {
  if (!run.parent_task_run_id) return null;
  const holders = await app.store.slots.holders(place.owner, app.clock.now());
  const holding = new Set(holders.map(({ id }) => holderUuid('run', id)));
  if (holding.size === 0) return null;
  let ancestor = await parentOf(app, run);
  for (let depth = 0; ancestor && depth < DEPTH; depth++) {
    if (holding.has(ancestor.id)) return message(ancestor, place);
    ancestor = await parentOf(app, ancestor);
  }
  return null;
}

async function parentOf(app: App, { parent_task_run_id }: FlowRun): Promise<FlowRun | null> {
  const tracking = parent_task_run_id ? await app.store.taskRuns.get(parent_task_run_id) : null;
  const parent = tracking?.task.flow_run_id ? await app.store.flowRuns.get(tracking.task.flow_run_id) : null;
  return parent?.run ?? null;
}

function message({ name, id }: FlowRun, { name: limit, limit: slots }: SlotPlace): string {
  const raise = slots ? `Raise its limit of ${slots.limit}` : 'Raise its limit';
  return `Waiting for a slot of ${limit} that an ancestor of this run holds: flow run "${name}" (${id}). If that one waits for this one, neither goes on. ${raise}, or run one of them elsewhere.`;
}
