import { slug } from '../../domain/container-name.ts';
import type { AttemptId, Ref } from '../target.ts';
import type { AciJob } from './parse.ts';

/** Azure's 63 characters less a UUID, a dash and an attempt; Prefect's worker cuts there as well. */
const READABLE = 19;

/** `{flow name}-{flow run id}`, and `-{attempt}` from the second on. */
export function groupName({ flowRunId, attempt }: AttemptId, flowName: string | null): string {
  const readable = slug(flowName ?? '', READABLE) || 'flow';
  return `${readable}-${flowRunId}${attempt > 1 ? `-${attempt}` : ''}`;
}

/** Tags that say which attempt a group is. */
export const RUN_TAG = 'pushpool:flow-run-id';
export const ATTEMPT_TAG = 'pushpool:attempt';

/** One `list` covers the groups of a resource group that these credentials see. */
const placeOf = ({ subscriptionId, resourceGroup, credentials }: AciJob): string =>
  `aci/${subscriptionId}/${resourceGroup}/${credentials.hash}`;

/** The pid as Prefect's worker writes it: `{flow run id}:{container group}`. */
export function refOf(job: AciJob, at: AttemptId, group: string, container: string, submittedAt: string | null): Ref {
  return {
    pid: `${at.flowRunId}:${group}`,
    key: {
      place: placeOf(job),
      resourceGroup: job.resourceGroup,
      subscriptionId: job.subscriptionId,
      group,
      container,
      flowRunId: at.flowRunId,
      attempt: String(at.attempt),
      ...(submittedAt && { submittedAt }),
    },
  };
}
