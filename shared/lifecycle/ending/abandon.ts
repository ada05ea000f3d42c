import type { App } from '../../operations/app.ts';
import { transitionFlowRun } from '../../operations/flow-runs/flow-run-transition.ts';
import type { ExecutionInput } from '../../ports/lifecycle-engine.ts';
import { changeLife } from '../change-life.ts';
import { giveUnclaimedSlots } from '../submitting/slots.ts';
import { lookAfterLater } from './clean-up.ts';

const STEPS_FAILED =
  'pushpool gave up on this attempt after repeated faults of its own steps. The execution of this name in Step Functions shows them; retry the run when they are mended.';

/**
 * The last resort of an execution whose step failed for good, or of executions that somebody ends again and again: the run says
 * so instead of hanging. Safe to run twice; does nothing for a run that is over or that a newer execution works for.
 */
export async function abandon(app: App, input: ExecutionInput, message = STEPS_FAILED): Promise<void> {
  const doc = await app.store.flowRuns.get(input.flow_run_id);
  if (!doc || doc.life.generation !== input.generation) return;
  await giveUnclaimedSlots(app, input);
  if (doc.life.tombstone) return;
  await transitionFlowRun(
    app,
    { kind: 'system' },
    doc.id,
    { type: doc.run.state_type === 'CANCELLING' ? 'CANCELLED' : 'CRASHED', message },
    { unless: (current) => current.life.generation !== input.generation },
  );
  // A container may live: its timer stops it and cleans up.
  if (doc.life.submitLease) await lookAfterLater(app, doc);
  await changeLife(app, doc.id, (life) =>
    life.generation === input.generation ? { ...life, phase: 'closed', token: null } : null,
  );
}
