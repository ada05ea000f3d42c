import { type FlowRunDocument, type FlowRunLife, nextGeneration } from '../../domain/flow-run-life.ts';
import type { App } from '../../operations/app.ts';
import { performEffects } from '../../operations/flow-runs/pending-effects.ts';

/**
 * Gives an attempt a new execution under the next generation: its wait ended without a reason, e.g. after 300 days (rule 14), or
 * its execution ended before it. False when the run has gone on meanwhile. May be called twice.
 */
export async function renew(
  app: App,
  doc: FlowRunDocument,
  change: (life: FlowRunLife) => FlowRunLife = (life) => life,
): Promise<boolean> {
  let renewed = false;
  const stored = await app.store.flowRuns.table.update<FlowRunDocument>(app.store.flowRuns.key(doc.id), (current) => {
    renewed = current.life.generation === doc.life.generation && current.life.phase === doc.life.phase;
    return renewed
      ? app.store.flowRuns.write({ ...current, life: nextGeneration(change(current.life), current.life.attempt) })
      : null;
  });
  if (stored && renewed) await performEffects(app, stored);
  return renewed;
}
