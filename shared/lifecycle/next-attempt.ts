import { type FlowRunDocument, type FlowRunLife, nextAttempt } from '../domain/flow-run-life.ts';
import type { App } from '../operations/app.ts';
import { transitionFlowRun } from '../operations/flow-runs/flow-run-transition.ts';
import { performEffects } from '../operations/flow-runs/pending-effects.ts';
import type { Observation } from '../targets/target.ts';

/** Rule 7 and infrastructure retries: the same run, a new container, due when its state says. Safe to run twice. */
export async function startNextAttempt(
  app: App,
  doc: FlowRunDocument,
  infrastructure: boolean,
  seen: Observation,
): Promise<void> {
  if (infrastructure) return retryInfrastructure(app, doc, seen);
  const stored = await app.store.flowRuns.table.update<FlowRunDocument>(app.store.flowRuns.key(doc.id), (current) => {
    if (current.life.attempt !== doc.life.attempt) return null;
    const run = {
      ...current.run,
      infrastructure_pid: null,
      empirical_policy: { ...current.run.empirical_policy, retry_type: null },
    };
    return app.store.flowRuns.write({ ...current, run, life: nextAttempt(current.life) });
  });
  if (stored) await performEffects(app, stored);
}

/** Counted apart from the flow's own retries. */
async function retryInfrastructure(app: App, doc: FlowRunDocument, seen: Observation): Promise<void> {
  const count = doc.life.infrastructureRetries + 1;
  await transitionFlowRun(
    app,
    { kind: 'system' },
    doc.id,
    {
      type: 'SCHEDULED',
      name: 'AwaitingRetry',
      message: `Infrastructure retry ${count}: the container did not get as far as the flow. ${seen.message}`,
    },
    {
      force: true,
      keepsSlots: true,
      unless: (current) => current.life.attempt !== doc.life.attempt,
      life: (life) => ({ ...life, infrastructureRetries: count }),
    },
  );
}

/** What `ended` says of a container that was seen so. */
export function endedNow(app: App, seen: Observation): NonNullable<FlowRunLife['ended']> {
  const { phase, message, exitCode, cause } = seen;
  return { at: app.clock.now().toISOString(), phase, message, exitCode: exitCode ?? null, cause: cause ?? null };
}
