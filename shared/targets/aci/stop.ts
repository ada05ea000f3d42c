import { hasEnded, type Job, type Ref } from '../target.ts';
import type { Aci } from './aci.ts';
import { observationOf } from './describe.ts';

/**
 * Stops the group, which keeps its exit code and its output until it is cleaned up; one that Azure cannot stop because it has
 * not started is deleted. Azure sends SIGTERM, and SIGKILL after some 30 s. May be repeated.
 */
export async function stopGroup(
  aci: Aci,
  rawJob: Job,
  ref: Ref,
): Promise<'stopping' | 'already-stopped' | 'not-found'> {
  const opened = aci.openFor(rawJob, ref);
  const { group = '', container = '' } = ref.key;
  const view = await opened.get(group);
  if (!view) return 'not-found';
  const before = observationOf(view, container);
  if (hasEnded(before) && before.cause !== 'image-pull') return 'already-stopped';
  const { containerGroups } = opened.client.sdk;
  try {
    await containerGroups.stop(opened.job.resourceGroup, group);
    return 'stopping';
  } catch (thrown) {
    const error = opened.errorOf(thrown);
    if (error.cloudCode === 'ResourceNotFound') return 'not-found';
    if (error.cloudCode !== 'ContainerGroupTransitioning') throw error;
    if (before.phase !== 'provisioning' || opened.job.keepContainerGroup) throw error;
  }
  await deleteGroup(aci, rawJob, ref);
  return 'stopping';
}

/** Asks Azure to delete the group and does not wait for it. What is not there is deleted. */
export async function deleteGroup(aci: Aci, rawJob: Job, ref: Ref): Promise<void> {
  const { job, client, errorOf } = aci.openFor(rawJob, ref);
  let taken = false;
  try {
    await client.sdk.containerGroups.beginDelete(job.resourceGroup, ref.key['group'] ?? '', {
      onResponse: ({ request, status }) => {
        taken ||= request.method === 'DELETE' && status < 300;
      },
    });
  } catch (thrown) {
    if (taken) return; // Azure has the request; only the look at the operation went wrong.
    const error = errorOf(thrown);
    if (error.cloudCode !== 'ResourceNotFound') throw error;
  }
}
