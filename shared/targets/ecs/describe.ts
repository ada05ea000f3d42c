import type { ECSClient } from '@aws-sdk/client-ecs';
import type { Listed, Observation, Ref } from '../target.ts';
import type { EcsClients } from './credentials.ts';
import { allTasks, describeTasks } from './look.ts';
import { readStartedBy } from './names.ts';
import type { EcsJob } from './parse.ts';
import { refOf } from './ref.ts';
import { observeTask, TASK_GONE } from './task.ts';

/** One look. A task that ECS knows no more is gone. */
export async function describeTask(ecs: ECSClient, ref: Ref): Promise<Observation> {
  const { cluster, task = '', container } = ref.key;
  const { tasks } = await describeTasks(ecs, cluster || null, [task]);
  return tasks[0] ? observeTask(tasks[0], container ?? null) : TASK_GONE;
}

/** The known tasks, 100 a call; without any, all of pushpool's in the job's cluster. */
export async function listTasks(clients: EcsClients, job: EcsJob, known: readonly Ref[]): Promise<Listed[]> {
  const cluster = known[0]?.key['cluster'] || job.cluster;
  const arns = known.map(({ key }) => key['task'] ?? '');
  const tasks =
    known.length > 0 ? (await describeTasks(clients.ecs, cluster, arns)).tasks : await allTasks(clients.ecs, cluster);
  const refs = new Map(known.map((ref) => [ref.key['task'], ref]));
  const listed: Listed[] = [];
  for (const task of tasks) {
    const at = readStartedBy(task.startedBy);
    if (!at) continue;
    const ref = refs.get(task.taskArn ?? '') ?? refOf(clients, job, task, null);
    const observation = observeTask(task, ref.key['container'] ?? null);
    listed.push({ ref, at, observation, ...(task.stoppedAt && { endedAt: new Date(task.stoppedAt).toISOString() }) });
  }
  return listed;
}
