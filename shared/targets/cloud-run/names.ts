import { attemptHash } from '../../domain/container-name.ts';
import type { AttemptId, Ref } from '../target.ts';
import type { CloudRunJob } from './parse.ts';

/** Labels that say which attempt a job is. */
export const RUN_LABEL = 'pushpool-flow-run-id';
export const ATTEMPT_LABEL = 'pushpool-attempt';
/** On a job whose execution is started by a request of its own, as its region takes no start token. */
export const STARTED_BY_RUN_LABEL = 'pushpool-started-by-run';

export const jobId = ({ name }: CloudRunJob, at: AttemptId): string => `${name}-${attemptHash(at, 12)}`;
/** The suffix of the execution that Cloud Run makes together with the job; with the id it stays under 63 characters. */
export const startToken = ({ attempt }: AttemptId): string => `a${attempt}`;

export const parentOf = ({ project, region }: { project: string; region: string }): string =>
  `projects/${project}/locations/${region}`;

/** Where a job is. `execution` is its short name; empty while it is not known. */
export function refOf(job: CloudRunJob, at: AttemptId, id: string, execution: string): Ref {
  const { credentials, region } = job;
  return {
    pid: id,
    key: {
      place: `cloud-run/${credentials.project}/${region}/${credentials.hash}`,
      project: credentials.project,
      region,
      job: id,
      execution,
      flowRunId: at.flowRunId,
      attempt: String(at.attempt),
    },
  };
}

export const jobName = ({ key }: Ref): string =>
  `${parentOf({ project: key['project'] ?? '', region: key['region'] ?? '' })}/jobs/${key['job']}`;
export const shortName = (name: string | null | undefined): string => (name ?? '').split('/').at(-1) ?? '';
