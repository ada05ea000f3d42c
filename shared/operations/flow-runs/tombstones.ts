import { withoutSlots } from '../../domain/concurrency/flow-run-slots.ts';
import { type FlowRunDocument, signalled } from '../../domain/flow-run-life.ts';
import type { App } from '../app.ts';
import { performEffects } from './pending-effects.ts';

/**
 * Deletes a flow run for everybody and signals whoever works for it (rule 10); the item goes when they have cleaned up. Null
 * when it is gone already, `spared` when `when` says no. May be repeated.
 */
export async function entomb(
  app: App,
  id: string,
  when: (doc: FlowRunDocument) => boolean = () => true,
): Promise<FlowRunDocument | 'spared' | null> {
  const { flowRuns } = app.store;
  const stored = await flowRuns.table.update<FlowRunDocument>(flowRuns.key(id), (doc) => {
    if (!when(doc)) return null;
    // An open attempt keeps its slots until its container has ended.
    const life = doc.life.phase === 'open' ? doc.life : withoutSlots(doc.life);
    return flowRuns.write({ ...doc, life: { ...signalled(life, 'deleted'), tombstone: true } });
  });
  if (!stored) return null;
  if (!stored.doc.life.tombstone) return 'spared';
  await performEffects(app, stored);
  return stored.doc;
}

/** True when the run is due and waits: Prepare may hold slots for it by now, and lets the item go after giving them back. */
export function mayBeTakingSlots(app: App, { run, life }: FlowRunDocument): boolean {
  const due = run.state?.type === 'SCHEDULED' ? run.state.state_details.scheduled_time : null;
  return life.push !== null && life.phase === 'waiting' && due !== null && new Date(due) <= app.clock.now();
}
