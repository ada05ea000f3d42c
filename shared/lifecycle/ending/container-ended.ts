import { type FlowRunDocument, signalled } from '../../domain/flow-run-life.ts';
import type { App } from '../../operations/app.ts';
import { performEffects } from '../../operations/flow-runs/pending-effects.ts';
import type { Observation } from '../../targets/target.ts';

export interface ContainerEnded {
  readonly flow_run_id: string;
  readonly attempt: number;
  readonly observation: Observation;
}

/**
 * The cloud says that a container has ended. Marks it on the run and signals whoever waits; a late, doubled or foreign event
 * changes nothing. Returns the run's document when its attempt was closed already and only the clean-up is left.
 */
export async function containerEnded(app: App, event: ContainerEnded): Promise<FlowRunDocument | null> {
  let closed = false;
  const { phase, message, exitCode, cause } = event.observation;
  const stored = await app.store.flowRuns.table.update<FlowRunDocument>(
    app.store.flowRuns.key(event.flow_run_id),
    (doc) => {
      closed = doc.life.phase === 'closed';
      if (doc.life.attempt !== event.attempt || doc.life.phase === 'waiting' || doc.life.ended) return null;
      const at = app.clock.now().toISOString();
      const ended = { at, phase, message, exitCode: exitCode ?? null, cause: cause ?? null };
      const life = closed ? { ...doc.life, ended } : { ...signalled(doc.life, 'container-ended'), ended };
      return app.store.flowRuns.write({ ...doc, life });
    },
  );
  if (!stored || stored.doc.life.attempt !== event.attempt) return null;
  if (stored.doc.life.pending.length > 0) await performEffects(app, stored);
  return closed ? stored.doc : null;
}
