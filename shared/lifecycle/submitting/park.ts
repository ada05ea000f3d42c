import { withSlotWait } from '../../domain/concurrency/flow-run-slots.ts';
import type { FlowRunDocument } from '../../domain/flow-run-life.ts';
import type { App } from '../../operations/app.ts';
import { lookWhenLeaseEnds } from '../../operations/concurrency/slot-wakes.ts';
import { setLateTimer } from '../../operations/events/timer-events.ts';
import { performEffects } from '../../operations/flow-runs/pending-effects.ts';
import type { ExecutionInput } from '../../ports/lifecycle-engine.ts';
import { blockedBy, sortOf } from './slots.ts';

/**
 * Waits with a token until a slot is free or a pause is over. Token and place in the order are written first, then the reason
 * to wait is looked at once more, so that a release in between is not missed (rule 18).
 *
 * If run twice: the second call stores the newer token at the same place. If the step after crashed: Prepare looks afresh.
 */
export async function park(app: App, input: ExecutionInput, token: string): Promise<void> {
  const goOn = () => app.engine.signal(token, { reason: 'nothing to wait for' }).then(() => undefined);
  const doc = await app.store.flowRuns.get(input.flow_run_id);
  if (!doc || !mayWait(doc, input)) return goOn();
  const { by, of } = await blockedBy(app, doc);
  if (!by) return goOn();
  const wait = { owner: by.owner, sort: sortOf(doc, of, by.owner) };
  const { flowRuns, slotWaits, slots } = app.store;
  const stored = await flowRuns.table.update<FlowRunDocument>(flowRuns.key(doc.id), (current) => {
    if (!mayWait(current, input)) return null;
    const life = withSlotWait(current.life, wait);
    return flowRuns.write({
      ...current,
      life: { ...life, token: { value: token, generation: input.generation, waitsFor: 'slot' } },
    });
  });
  if (stored?.doc.life.token?.value !== token) return goOn();
  await slotWaits.add(wait.owner, wait.sort);
  if (by.limit) await slots.markAwaited(by.limit, app.clock.now());
  if (by.limit) await lookWhenLeaseEnds(app, by.owner);
  if (stored.doc.life.pending.length > 0) await performEffects(app, stored);
  const due = doc.run.state?.state_details.scheduled_time;
  if (due && doc.run.state_name === 'Scheduled') await setLateTimer(app, doc.id, due);
  if (await mayGoOn(app, input)) await goOn();
}

const mayWait = ({ life, run }: FlowRunDocument, { generation }: ExecutionInput): boolean =>
  life.generation === generation && life.phase === 'waiting' && !life.tombstone && run.state_type === 'SCHEDULED';

/** True when the reason to wait went away, or another one came, while the run went to its place. */
async function mayGoOn(app: App, input: ExecutionInput): Promise<boolean> {
  const doc = await app.store.flowRuns.get(input.flow_run_id);
  if (!doc || !mayWait(doc, input)) return true;
  const { by } = await blockedBy(app, doc);
  return by?.owner !== doc.life.slotWait?.owner;
}
