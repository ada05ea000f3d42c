import { ConflictException, RunTaskCommand, type RunTaskCommandInput, type Task } from '@aws-sdk/client-ecs';
import { isJsonObject, type JsonObject } from '../../domain/json/json.ts';
import type { Attempt, Submitted } from '../target.ts';
import { TargetError } from '../target-error.ts';
import { type EcsClients, remember } from './credentials.ts';
import { buildDefinition } from './definition.ts';
import { definitionArn, describeDefinition } from './definition-arn.ts';
import { ecsError, runTaskFailure } from './errors.ts';
import { describeTasks, findTask } from './look.ts';
import { streamPrefixOf } from './names.ts';
import { networkOf, type TaskNetwork } from './network.ts';
import type { EcsJob } from './parse.ts';
import { refOf } from './ref.ts';
import { runTaskInput, splitEnvironment } from './request.ts';
import type { RunnableDefinition } from './runnable-definition.ts';
import type { TaskDefinitions } from './task-definitions.ts';

/** Look, definition, network, run, adopt on conflict (targets.md 2.1, "Submit"). If run twice: the same task. */
export async function submitTask(
  clients: EcsClients,
  known: TaskDefinitions,
  job: EcsJob,
  at: Attempt,
  waitMs: number,
): Promise<Submitted> {
  const warnings = [...job.warnings];
  const env = splitEnvironment(job);
  const moved = Object.keys(env.definition).length;
  if (moved > 0) {
    warnings.push(
      `The environment is longer than ECS takes with a task (8,192 characters), so ${moved} variables stand in the task definition.`,
    );
  }
  const definition = job.taskDefinition
    ? await givenDefinition(clients, job, job.taskDefinition)
    : await ownDefinition(clients, known, job, at, env.definition, waitMs);
  const submitted = (task: Task, adopted: boolean): Submitted => ({
    ref: refOf(clients, job, task, definition),
    adopted,
    warnings: adopted ? [] : warnings,
  });
  const before = at.mayExist ? await findTask(clients.ecs, job.cluster, at) : null;
  if (before) return submitted(before, true);
  const network = definition.networkMode === 'awsvpc' ? await networkFor(clients, job) : null;
  warnings.push(...(network?.warnings ?? []));
  const input = runTaskInput(job, at, {
    taskDefinition: definition.arn,
    container: definition.container,
    network: network?.configuration ?? null,
    env: env.override,
  });
  try {
    const { task, adopted } = await runTask(clients, job, input);
    return submitted(task, adopted);
  } catch (error) {
    const inactive = error instanceof TargetError && /inactive/i.test(error.message) && definition.hash;
    if (!inactive) throw error;
    await known.forget(definition.hash!);
    throw new TargetError('transient', 'The task definition was deregistered meanwhile; it is registered anew.');
  }
}

async function networkFor(clients: EcsClients, job: EcsJob): Promise<TaskNetwork | null> {
  return isJsonObject(job.request['networkConfiguration']) ? null : networkOf(clients, job);
}

/** The task of this attempt, now or from an earlier request with the same token. */
async function runTask(
  { ecs }: EcsClients,
  job: EcsJob,
  input: RunTaskCommandInput,
): Promise<{ task: Task; adopted: boolean }> {
  try {
    const { tasks, failures } = await ecs.send(new RunTaskCommand(input));
    const [task] = tasks ?? [];
    if (task) return { task, adopted: false };
    const [failure] = failures ?? [];
    throw runTaskFailure(failure?.reason ?? 'no reason given', failure?.detail);
  } catch (error) {
    const [made] = error instanceof ConflictException ? (error.resourceIds ?? []) : [];
    if (!made) throw ecsError(error, 'RunTask');
    const [task] = (await describeTasks(ecs, job.cluster, [made])).tasks;
    return { task: task ?? { taskArn: made }, adopted: true };
  }
}

async function ownDefinition(
  clients: EcsClients,
  known: TaskDefinitions,
  job: EcsJob,
  at: Attempt,
  environment: Readonly<Record<string, string>>,
  waitMs: number,
): Promise<RunnableDefinition> {
  const { input, container } = buildDefinition(job, at.run, clients.region, environment);
  const { arn, registered, hash } = await definitionArn(clients, known, input, waitMs);
  const options = job.logs.options;
  return {
    arn,
    container,
    registered,
    hash,
    networkMode: String(input['networkMode'] ?? 'bridge'),
    logs: job.logs.on
      ? {
          group: options['awslogs-group'] ?? 'prefect',
          prefix: options['awslogs-stream-prefix'] ?? streamPrefixOf(job.logs.prefix, at.run),
          region: options['awslogs-region'] ?? clients.region,
        }
      : logsIn(input, container, clients.region),
  };
}

/** A definition that the pool names is looked at for its network mode, its containers and where their output goes. */
async function givenDefinition(clients: EcsClients, job: EcsJob, arn: string): Promise<RunnableDefinition> {
  const found = await remember(clients, `definition/${arn}`, () => describeDefinition(clients.ecs, arn));
  if (!found) {
    throw new TargetError(
      'not-found',
      `The task definition '${arn}' does not exist. Check the pool's 'task_definition_arn'.`,
    );
  }
  const names = (found.containerDefinitions ?? []).map(({ name }) => name ?? '');
  const container = job.containerName ?? (names.includes('prefect') ? 'prefect' : names[0]);
  if (!container || !names.includes(container)) {
    throw new TargetError(
      'invalid',
      `Container '${container}' not found in task definition. It has: ${names.join(', ')}.`,
    );
  }
  return {
    arn: found.taskDefinitionArn ?? arn,
    container,
    registered: false,
    hash: null,
    networkMode: found.networkMode ?? 'bridge',
    logs: logsIn(JSON.parse(JSON.stringify(found)) as JsonObject, container, clients.region),
  };
}

function logsIn(definition: JsonObject, container: string, region: string): RunnableDefinition['logs'] {
  const containers = Array.isArray(definition['containerDefinitions']) ? definition['containerDefinitions'] : [];
  const found = containers.filter(isJsonObject).find(({ name }) => name === container);
  const configuration = found && isJsonObject(found['logConfiguration']) ? found['logConfiguration'] : {};
  const options = isJsonObject(configuration['options']) ? configuration['options'] : {};
  const group = options['awslogs-group'];
  const prefix = options['awslogs-stream-prefix'];
  if (configuration['logDriver'] !== 'awslogs' || typeof group !== 'string' || typeof prefix !== 'string') return null;
  return { group, prefix, region: String(options['awslogs-region'] ?? region) };
}
