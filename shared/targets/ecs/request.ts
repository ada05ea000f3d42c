import type { RunTaskCommandInput } from '@aws-sdk/client-ecs';
import { isJsonObject, type JsonObject } from '../../domain/json/json.ts';
import type { AttemptId } from '../target.ts';
import { TargetError } from '../target-error.ts';
import { namedList } from './definition.ts';
import { clientToken, startedBy, tagsOf } from './names.ts';
import { type EcsJob, firstOverride } from './parse.ts';

/** ECS takes no more for all overrides of a task together, as JSON. */
export const OVERRIDES_MAX = 8192;
/** Differs from run to run, so it cannot stand in a definition that runs share. */
const OF_THE_RUN = /^(PREFECT__|PREFECT_API_(URL|KEY|AUTH_STRING)$)/;
/** Prefect's own observer reads this tag; the spelling is theirs. */
const DEREGISTER_TAG = { key: 'prefect.io/degregister-task-definition', value: 'true' };

export interface SplitEnvironment {
  /** Leaves with the run. */
  readonly override: Readonly<Record<string, string>>;
  /** Stands in the definition, because the override would be too long. */
  readonly definition: Readonly<Record<string, string>>;
}

/** Puts the job's own variables into the definition when a run's overrides would be longer than ECS takes. Pure. */
export function splitEnvironment(job: EcsJob): SplitEnvironment {
  if (overridesLength(job, job.env) <= OVERRIDES_MAX) return { override: job.env, definition: {} };
  const entries = Object.entries(job.env);
  const override = Object.fromEntries(entries.filter(([name]) => OF_THE_RUN.test(name)));
  const definition = Object.fromEntries(entries.filter(([name]) => !OF_THE_RUN.test(name)));
  const length = overridesLength(job, override);
  if (length > OVERRIDES_MAX) {
    throw new TargetError(
      'invalid',
      `ECS takes ${OVERRIDES_MAX} characters of overrides; command and fixed settings alone have ${length}. Shorten command, or the overrides in the pool's job configuration.`,
    );
  }
  return { override, definition };
}

function overridesLength(job: EcsJob, env: Readonly<Record<string, string>>): number {
  return JSON.stringify(overridesOf(job, env, 'c'.repeat(32))).length;
}

/** The whole request. Pure: the same job and attempt give the same request, as the client token demands. */
export function runTaskInput(
  job: EcsJob,
  at: AttemptId,
  place: {
    readonly taskDefinition: string;
    readonly container: string;
    readonly network: JsonObject | null;
    readonly env: Readonly<Record<string, string>>;
  },
): RunTaskCommandInput {
  const {
    launchType: _l,
    capacityProviderStrategy: _c,
    tags,
    overrides: _o,
    taskDefinition: _t,
    ...rest
  } = job.request;
  const networkConfiguration =
    rest['networkConfiguration'] ?? (place.network && { awsvpcConfiguration: place.network });
  const own = Array.isArray(tags)
    ? Object.fromEntries(tags.filter(isJsonObject).map((tag) => [tag['key'], tag['value']]))
    : {};
  const allTags = tagsOf({ ...own, ...job.labels } as Record<string, string>, at.attempt);
  const request: Record<string, unknown> = {
    enableECSManagedTags: true,
    ...rest,
    count: 1,
    ...(job.cluster !== null && { cluster: job.cluster }),
    ...(job.launch.kind === 'type' && { launchType: job.launch.launchType }),
    ...(job.launch.kind === 'providers' && { capacityProviderStrategy: job.launch.strategy }),
    ...(networkConfiguration && { networkConfiguration }),
    overrides: overridesOf(job, place.env, place.container),
    tags: job.deregister ? [...allTags.slice(0, 49), DEREGISTER_TAG] : allTags,
    taskDefinition: place.taskDefinition,
    clientToken: clientToken(at),
    startedBy: startedBy(at),
  };
  return request as unknown as RunTaskCommandInput;
}

function overridesOf(job: EcsJob, env: Readonly<Record<string, string>>, container: string): JsonObject {
  const given = isJsonObject(job.request['overrides']) ? job.request['overrides'] : {};
  const { cpu, memory, containerOverrides, taskRoleArn, ...rest } = given;
  const others = (Array.isArray(containerOverrides) ? containerOverrides.slice(1) : []).filter(isJsonObject);
  return {
    ...rest,
    ...(isSet(cpu) && { cpu: String(cpu) }),
    ...(isSet(memory) && { memory: String(memory) }),
    ...(isSet(taskRoleArn) && { taskRoleArn }),
    containerOverrides: [
      containerOverride(job, env, container),
      ...others.map((other) =>
        other['environment'] === undefined ? other : { ...other, environment: namedList(other['environment']) },
      ),
    ],
  };
}

function containerOverride(job: EcsJob, env: Readonly<Record<string, string>>, container: string): JsonObject {
  const { environment, command: _command, name, cpu, memory, ...rest } = firstOverride(job.request);
  const secret = new Set(job.secrets.map((item) => item.name));
  const gone = new Set([...Object.keys(job.env), ...job.unset, ...secret]);
  const kept = namedList(environment).filter((item) => !gone.has(String(item['name'])) && item['value'] !== null);
  const own = Object.entries(env).filter(([key]) => !secret.has(key));
  return {
    ...rest,
    name: isSet(name) ? name : container,
    ...(isSet(cpu) && { cpu: Number(cpu) }),
    ...(isSet(memory) && { memory: Number(memory) }),
    ...(job.command.length > 0 && { command: [...job.command] }),
    environment: [
      ...kept.map((item) => ({ name: String(item['name']), value: String(item['value']) })),
      ...own.map(([key, value]) => ({ name: key, value })),
    ],
  };
}

const isSet = <T>(value: T): value is NonNullable<T> => value !== undefined && value !== null && value !== '';
