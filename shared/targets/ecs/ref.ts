import type { Task } from '@aws-sdk/client-ecs';
import type { Ref } from '../target.ts';
import type { EcsClients } from './credentials.ts';
import type { EcsJob } from './parse.ts';
import type { RunnableDefinition } from './runnable-definition.ts';

/** The pid as Prefect writes it: `{cluster as configured, else its ARN}::{task ARN}`. */
export function refOf(clients: EcsClients, job: EcsJob, task: Task, definition: RunnableDefinition | null): Ref {
  const cluster = job.cluster ?? task.clusterArn ?? '';
  return {
    pid: `${cluster}::${task.taskArn}`,
    key: {
      place: `${clients.id}/${cluster}`,
      region: clients.region,
      cluster,
      task: task.taskArn ?? '',
      ...(definition && { container: definition.container }),
      ...(definition?.registered && job.deregister && { registered: definition.arn, hash: definition.hash ?? '' }),
      ...(definition?.logs && {
        log_group: definition.logs.group,
        log_prefix: definition.logs.prefix,
        log_region: definition.logs.region,
      }),
    },
  };
}
