import { parsedOrRefused } from '../parse.ts';
import type { Job, Ref, Target } from '../target.ts';
import { cleanUpTask } from './clean-up.ts';
import { ClientCache, type ClientOptions, type EcsClients } from './credentials.ts';
import { describeTask, listTasks } from './describe.ts';
import { ecsError } from './errors.ts';
import { taskLogs } from './logs.ts';
import { findTask } from './look.ts';
import { type EcsJob, parseEcsJob } from './parse.ts';
import { refOf } from './ref.ts';
import { stopTask } from './stop.ts';
import { submitTask } from './submit.ts';
import type { TaskDefinitions } from './task-definitions.ts';

export interface EcsTargetOptions extends ClientOptions {
  readonly definitions: TaskDefinitions;
  /** Between two looks whether another process has registered the definition. @default 300 */
  readonly waitMs?: number;
}

/** AWS ECS, on Fargate, Fargate Spot, EC2 or machines of one's own (targets.md 2.1). */
export function createEcsTarget({ definitions, waitMs = 300, ...options }: EcsTargetOptions): Target {
  const cache = new ClientCache(options);
  const parse = (job: Job): EcsJob => parsedOrRefused(parseEcsJob(job, { complete: true }), 'AWS ECS');
  const clientsOf = async (job: EcsJob, region: string | null = null): Promise<EcsClients> => {
    try {
      return await cache.get(job, region);
    } catch (error) {
      throw ecsError(error, 'the choice of a region');
    }
  };
  const at = async (job: Job, ref: Ref) => clientsOf(parse(job), ref.key['region'] ?? null);
  return {
    async submit(job, attempt) {
      const parsed = parse(job);
      return submitTask(await clientsOf(parsed), definitions, parsed, attempt, waitMs);
    },
    async find(job, attempt) {
      const parsed = parse(job);
      const clients = await clientsOf(parsed);
      const task = await findTask(clients.ecs, parsed.cluster, attempt);
      return task && refOf(clients, parsed, task, null);
    },
    async describe(job, ref) {
      return describeTask((await at(job, ref)).ecs, ref);
    },
    async list(job, known) {
      const parsed = parse(job);
      return listTasks(await clientsOf(parsed, known[0]?.key['region'] ?? null), parsed, known);
    },
    async stop(job, ref, why) {
      return stopTask((await at(job, ref)).ecs, ref, why);
    },
    async cleanUp(job, ref) {
      return cleanUpTask((await at(job, ref)).ecs, definitions, ref);
    },
    async logs(job, ref, { tail }) {
      const clients = await clientsOf(parse(job), ref.key['log_region'] ?? ref.key['region'] ?? null);
      return taskLogs(clients.logs, ref, tail);
    },
  };
}
