import { DescribeTasksCommand, type ECSClient, ListTasksCommand, type Task } from '@aws-sdk/client-ecs';
import type { AttemptId } from '../target.ts';
import { ecsError } from './errors.ts';
import { startedBy } from './names.ts';

const DESCRIBE_MAX = 100;

/**
 * The task that an earlier submission made, ended or not; null when none is shown. Without the right to list there is only the
 * client token, and it is enough.
 */
export async function findTask(ecs: ECSClient, cluster: string | null, at: AttemptId): Promise<Task | null> {
  for (const desiredStatus of ['RUNNING', 'STOPPED'] as const) {
    const arns = await listTasks(ecs, cluster, { startedBy: startedBy(at), desiredStatus });
    const [task] = arns.length > 0 ? (await describeTasks(ecs, cluster, arns)).tasks : [];
    if (task) return task;
  }
  return null;
}

async function listTasks(
  ecs: ECSClient,
  cluster: string | null,
  filter: { readonly startedBy?: string; readonly desiredStatus: 'RUNNING' | 'STOPPED' },
): Promise<string[]> {
  const arns: string[] = [];
  let nextToken: string | undefined;
  try {
    do {
      const answer = await ecs.send(new ListTasksCommand({ ...(cluster && { cluster }), ...filter, nextToken }));
      arns.push(...(answer.taskArns ?? []));
      nextToken = answer.nextToken;
    } while (nextToken);
  } catch (error) {
    const mapped = ecsError(error, 'ListTasks');
    if (mapped.kind === 'permission') return [];
    throw mapped;
  }
  return arns;
}

/** Every task in the cluster that has not been forgotten, for a list without known tasks. */
export async function allTasks(ecs: ECSClient, cluster: string | null): Promise<Task[]> {
  const arns = [
    ...(await listTasks(ecs, cluster, { desiredStatus: 'RUNNING' })),
    ...(await listTasks(ecs, cluster, { desiredStatus: 'STOPPED' })),
  ];
  return (await describeTasks(ecs, cluster, arns)).tasks;
}

/** 100 a call. `missing` are those that ECS knows no more. */
export async function describeTasks(
  ecs: ECSClient,
  cluster: string | null,
  arns: readonly string[],
): Promise<{ tasks: Task[]; missing: string[] }> {
  const tasks: Task[] = [];
  const missing: string[] = [];
  for (let start = 0; start < arns.length; start += DESCRIBE_MAX) {
    const batch = arns.slice(start, start + DESCRIBE_MAX);
    try {
      const answer = await ecs.send(new DescribeTasksCommand({ ...(cluster && { cluster }), tasks: batch }));
      tasks.push(...(answer.tasks ?? []));
      missing.push(...(answer.failures ?? []).filter(({ reason }) => reason === 'MISSING').map(({ arn }) => arn ?? ''));
    } catch (error) {
      throw ecsError(error, 'DescribeTasks');
    }
  }
  return { tasks, missing };
}
