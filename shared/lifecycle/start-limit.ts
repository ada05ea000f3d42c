import type { FlowRunDocument } from '../domain/flow-run-life.ts';
import type { Job } from '../targets/target.ts';

/** Prefect's workers wait this long for a container to start, unless the job says otherwise. */
const DEFAULT_SECONDS = 300;

/**
 * Until when the container of the live attempt must have started (`task_start_timeout_seconds`, counted from Pending); null
 * for a run that is past that.
 */
export function startDeadline({ run }: FlowRunDocument, job: Job): Date | null {
  if (run.state?.type !== 'PENDING') return null;
  return new Date(new Date(run.state.timestamp).getTime() + startLimitSeconds(job) * 1000);
}

export function startLimitSeconds(job: Job): number {
  const given = Number(job['task_start_timeout_seconds'] ?? Number.NaN);
  return given > 0 ? given : DEFAULT_SECONDS;
}
