import { parsedOrRefused } from '../parse.ts';
import { retryReads } from '../retry-reads.ts';
import type { Job, Ref } from '../target.ts';
import type { TargetError } from '../target-error.ts';
import { type AciClient, type AciClientOptions, aciClients } from './client.ts';
import { errorOf } from './errors.ts';
import { type AciJob, parseAciJob } from './parse.ts';

export interface AciOptions extends AciClientOptions {
  /** @default the system's clock */
  readonly now?: () => Date;
}

type GroupView = Awaited<ReturnType<AciClient['sdk']['containerGroups']['get']>>;

/** What every call of this target needs: the job checked, its client, reads that are tried again. */
export interface Aci {
  readonly now: () => Date;
  /** A job as it was submitted; refuses one that is wrong. */
  open(job: Job): Opened;
  /** The same, for a container that exists: it stays where it is, even when the pool has moved since. */
  openFor(job: Job, ref: Ref): Opened;
}

export interface Opened {
  readonly job: AciJob;
  readonly client: AciClient;
  errorOf(thrown: unknown): TargetError;
  read<T>(request: () => Promise<T>): Promise<T>;
  /** Null when there is no such group. */
  get(group: string): Promise<GroupView | null>;
}

export type { GroupView };

export function openAci(options: AciOptions): Aci {
  const clientFor = aciClients(options);
  const opened = (job: AciJob): Opened => {
    const client = clientFor(job);
    const toError = (thrown: unknown) => errorOf(thrown, job);
    const read = <T>(request: () => Promise<T>) => retryReads(request, toError, options.readRetrySeconds);
    return {
      job,
      client,
      errorOf: toError,
      read,
      async get(group) {
        try {
          return await read(() => client.sdk.containerGroups.get(job.resourceGroup, group));
        } catch (error) {
          if ((error as TargetError).cloudCode === 'ResourceNotFound') return null;
          throw error;
        }
      },
    };
  };
  const parsed = (job: Job): AciJob =>
    parsedOrRefused(parseAciJob(job, { complete: true }), 'Azure Container Instances');
  return {
    now: options.now ?? (() => new Date()),
    open: (job) => opened(parsed(job)),
    openFor: (job, { key }) =>
      opened({
        ...parsed(job),
        ...(key['resourceGroup'] && { resourceGroup: key['resourceGroup'] }),
        ...(key['subscriptionId'] && { subscriptionId: key['subscriptionId'] }),
      }),
  };
}
