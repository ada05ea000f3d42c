import { hasEnded, type Job, type Ref } from '../target.ts';
import { TargetError } from '../target-error.ts';
import type { Aci } from './aci.ts';
import { observationOf } from './describe.ts';
import { deleteGroup } from './stop.ts';

/** Deletes the group of a container that has ended; with `keep_container_group` it stays, stopped. May be repeated. */
export async function cleanUpGroup(aci: Aci, rawJob: Job, ref: Ref): Promise<'done' | 'later'> {
  const opened = aci.openFor(rawJob, ref);
  const { group = '', container = '' } = ref.key;
  const view = await opened.get(group);
  if (!view) return 'done';
  if (!hasEnded(observationOf(view, container))) return 'later';
  if (opened.job.keepContainerGroup) return 'done';
  try {
    await deleteGroup(aci, rawJob, ref);
    return 'done';
  } catch (error) {
    if (error instanceof TargetError && error.cloudCode === 'ContainerGroupTransitioning') return 'later';
    throw error;
  }
}
