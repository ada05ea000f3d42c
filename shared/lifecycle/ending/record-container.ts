import type { FlowRunDocument } from '../../domain/flow-run-life.ts';
import type { App } from '../../operations/app.ts';
import type { Job, Ref } from '../../targets/target.ts';
import { startLimitSeconds } from '../watching/start-limit.ts';

/** Rule 12 and 11: the pid shows on the run while the attempt lives. Safe to run twice. */
export function recordContainer(
  app: App,
  flowRunId: string,
  attempt: number,
  ref: Ref,
  job: Job,
): Promise<FlowRunDocument | null> {
  return app.store.flowRuns.update(flowRunId, (doc) => {
    if (doc.life.attempt !== attempt) return null;
    const life = {
      ...doc.life,
      ref,
      submitted: doc.life.submitted ?? app.clock.now().toISOString(),
      startLimitSeconds: startLimitSeconds(job),
      submitError: null,
    };
    return { ...doc, life, run: { ...doc.run, infrastructure_pid: ref.pid } };
  });
}
