import { DeregisterTaskDefinitionCommand, type ECSClient } from '@aws-sdk/client-ecs';
import type { Ref } from '../target.ts';
import { ecsError } from './errors.ts';
import type { TaskDefinitions } from './task-definitions.ts';

/** A task leaves nothing behind but the revision that its submission registered, when the pool asks for it to go. */
export async function cleanUpTask(ecs: ECSClient, known: TaskDefinitions, ref: Ref): Promise<'done'> {
  const { registered, hash } = ref.key;
  if (!registered) return 'done';
  if (hash) await known.forget(hash);
  try {
    await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: registered }));
  } catch (error) {
    const mapped = ecsError(error, 'DeregisterTaskDefinition');
    if (mapped.cloudCode !== 'ClientException') throw mapped; // else: it is not active any more
  }
  return 'done';
}
