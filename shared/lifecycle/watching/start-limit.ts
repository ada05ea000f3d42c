import type { FlowRunDocument } from '../../domain/flow-run-life.ts';
import type { Job } from '../../targets/target.ts';

/** Prefect's workers wait this long for a container to start, unless the job says otherwise. */
const DEFAULT_SECONDS = 300;

/**
 * Until when the container of the live attempt must have started: so long after it was made, as Prefect's workers count, since a
 * cloud that limits requests must not eat up the time to start. While there is no container, so long after Pending: how long to wait
 * for room. Null for a run that is past that.
 */
export function startDeadline({ run, life }: FlowRunDocument, limitSeconds = DEFAULT_SECONDS): Date | null {
  if (run.state?.type !== 'PENDING') return null;
  const from = life.submitted ?? run.state.timestamp;
  return new Date(new Date(from).getTime() + limitSeconds * 1000);
}

/** The job's `task_start_timeout_seconds`. */
export function startLimitSeconds(job: Job): number {
  const given = Number(job['task_start_timeout_seconds'] ?? Number.NaN);
  return given > 0 ? given : DEFAULT_SECONDS;
}
