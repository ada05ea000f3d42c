import { parsedOrRefused } from '../parse.ts';
import { retryReads } from '../retry-reads.ts';
import type { Job as PoolJob, Ref } from '../target.ts';
import type { TargetError } from '../target-error.ts';
import { type CloudRunClient, type CloudRunClientOptions, cloudRunClients } from './client.ts';
import { errorOf } from './errors.ts';
import { type CloudRunJob, parseCloudRunJob } from './parse.ts';

/** What every call of this target needs: the job checked, its client, reads that are tried again. */
export interface CloudRun {
  /** Refuses a job that is wrong. */
  open(job: PoolJob): Opened;
}

export interface Opened {
  readonly job: CloudRunJob;
  readonly client: CloudRunClient;
  errorOf(thrown: unknown): TargetError;
  read<T>(request: () => Promise<T>): Promise<T>;
  /** The same, null for what is not there. */
  readIfThere<T>(request: () => Promise<T>): Promise<T | null>;
}

export function openCloudRun(options: CloudRunClientOptions): CloudRun {
  const clientFor = cloudRunClients(options);
  return {
    open(given) {
      const job = parsedOrRefused(parseCloudRunJob(given, { complete: true }), 'Google Cloud Run');
      const where = { project: job.credentials.project, region: job.region };
      const toError = (thrown: unknown) => errorOf(thrown, where);
      const read = <T>(request: () => Promise<T>) => retryReads(request, toError, options.readRetrySeconds);
      return {
        job,
        client: clientFor(job.credentials),
        errorOf: toError,
        read,
        async readIfThere(request) {
          try {
            return await read(request);
          } catch (error) {
            if ((error as TargetError).kind === 'not-found') return null;
            throw error;
          }
        },
      };
    },
  };
}

/** The full name of the execution that a ref is about; null while it is not known. */
export const executionName = ({ key }: Ref): string | null =>
  key['execution']
    ? `projects/${key['project']}/locations/${key['region']}/jobs/${key['job']}/executions/${key['execution']}`
    : null;
