import { type ECSClient, StopTaskCommand } from '@aws-sdk/client-ecs';
import type { Ref } from '../target.ts';
import { ecsError } from './errors.ts';
import { stopReason } from './task.ts';

/** SIGTERM, the container's `stopTimeout` (30 s by default), SIGKILL. On a stopped task nothing happens. */
export async function stopTask(
  ecs: ECSClient,
  ref: Ref,
  why: string,
): Promise<'stopping' | 'already-stopped' | 'not-found'> {
  const { cluster, task } = ref.key;
  try {
    const answer = await ecs.send(new StopTaskCommand({ ...(cluster && { cluster }), task, reason: stopReason(why) }));
    return answer.task?.lastStatus === 'STOPPED' ? 'already-stopped' : 'stopping';
  } catch (error) {
    const mapped = ecsError(error, 'StopTask');
    if (/task was not found/i.test(mapped.message)) return 'not-found';
    throw mapped;
  }
}
