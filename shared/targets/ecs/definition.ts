import { createHash } from 'node:crypto';
import { isJsonObject, type Json, type JsonObject } from '../../domain/json/json.ts';
import type { RunContext } from '../target.ts';
import { familyOf, streamPrefixOf } from './names.ts';
import { type EcsJob, firstOverride, isFargate } from './parse.ts';

const DEFAULT_IMAGE = 'prefecthq/prefect:3-latest';
const DEFAULT_CONTAINER = 'prefect';
const DEFAULT_CPU = 1024;
const DEFAULT_MEMORY = 2048;

export interface Definition {
  /** The input of `RegisterTaskDefinition`. */
  readonly input: JsonObject;
  /** The container that runs the flow. */
  readonly container: string;
}

/**
 * The task definition of a job: what its template says, completed. It holds nothing of a single run, so that all runs of a
 * deployment share one revision; `environment` is for what does not fit into a run's overrides. Pure.
 */
export function buildDefinition(
  job: EcsJob,
  run: RunContext,
  region: string,
  environment: Readonly<Record<string, string>> = {},
): Definition {
  const { cpu: taskCpu, memory: taskMemory, containerDefinitions, family, ...rest } = job.definition;
  const fargate = isFargate(job);
  const cpu = taskCpu ?? (fargate ? DEFAULT_CPU : undefined);
  const memory = taskMemory ?? (fargate ? DEFAULT_MEMORY : undefined);
  const { containers, container } = withFlowContainer(containerDefinitions, job);
  const name = String(container['name']);
  container['image'] ??= DEFAULT_IMAGE;
  setEnvironment(container, job, environment);
  if (job.logs.on) container['logConfiguration'] = logConfiguration(job, run, region);
  if (!fargate) {
    if (container['cpu'] === undefined && cpu !== undefined) container['cpu'] = Number(cpu);
    if (container['memory'] === undefined && container['memoryReservation'] === undefined)
      container['memory'] = Number(memory ?? DEFAULT_MEMORY);
  }
  const input: JsonObject = {
    ...rest,
    family: familyOf(typeof family === 'string' && family ? family : null, run),
    containerDefinitions: containers,
    ...(fargate && {
      cpu: String(cpu),
      memory: String(memory),
      requiresCompatibilities: rest['requiresCompatibilities'] ?? ['FARGATE'],
      networkMode: rest['networkMode'] ?? 'awsvpc',
    }),
  };
  return { input: pruned(input) as JsonObject, container: name };
}

/** Finds the container of the flow: by name, else the first nameless one, else the first; one is added when there is none of its name. */
function withFlowContainer(given: Json | undefined, job: EcsJob): { containers: JsonObject[]; container: JsonObject } {
  const containers = (Array.isArray(given) ? given : [])
    .filter(isJsonObject)
    .filter((container) => Object.keys(container).length > 0)
    .map((container) => structuredClone(container));
  const wanted = job.containerName ?? nameIn(firstOverride(job.request)) ?? DEFAULT_CONTAINER;
  const found =
    containers.find(({ name }) => name === wanted) ??
    containers.find(({ name }) => name === undefined || name === null) ??
    (job.containerName ? undefined : containers[0]);
  if (found) {
    found['name'] ??= wanted;
    return { containers, container: found };
  }
  const container: JsonObject = { name: wanted };
  return { containers: [...containers, container], container };
}

const nameIn = (override: JsonObject): string | null =>
  typeof override['name'] === 'string' && override['name'] !== '' ? override['name'] : null;

function setEnvironment(container: JsonObject, job: EcsJob, added: Readonly<Record<string, string>>): void {
  const secretNames = job.secrets.map(({ name }) => name);
  const gone = new Set([...job.unset, ...secretNames, ...Object.keys(added)]);
  const kept = namedList(container['environment']).filter(({ name }) => !gone.has(String(name)));
  const more = Object.entries(added).map(([name, value]) => ({ name, value }));
  if (kept.length + more.length > 0) container['environment'] = [...kept, ...more];
  else delete container['environment'];
  if (job.secrets.length === 0) return;
  const others = namedList(container['secrets']).filter(({ name }) => !secretNames.includes(String(name)));
  container['secrets'] = [...others, ...job.secrets.map((secret) => ({ ...secret }))];
}

/** ECS's `[{name, value}]`, also from an object of texts. */
export function namedList(value: Json | undefined): JsonObject[] {
  if (Array.isArray(value)) return value.filter(isJsonObject);
  if (!isJsonObject(value)) return [];
  return Object.entries(value).map(([name, item]) => ({ name, value: item }));
}

function logConfiguration(job: EcsJob, run: RunContext, region: string): JsonObject {
  return {
    logDriver: 'awslogs',
    options: {
      'awslogs-create-group': 'true',
      'awslogs-group': 'prefect',
      'awslogs-region': region,
      'awslogs-stream-prefix': streamPrefixOf(job.logs.prefix, run),
      ...job.logs.options,
    },
  };
}

/** Without nulls, empty texts, lists and objects; false and 0 stay. */
function pruned(value: Json): Json | undefined {
  if (Array.isArray(value)) {
    const items = value.map(pruned).filter((item) => item !== undefined);
    return items.length > 0 ? items : undefined;
  }
  if (isJsonObject(value)) {
    const entries = Object.entries(value)
      .map(([key, item]) => [key, pruned(item)] as const)
      .filter(([, item]) => item !== undefined);
    return entries.length > 0 ? (Object.fromEntries(entries) as JsonObject) : undefined;
  }
  return value === null || value === '' ? undefined : value;
}

const ADDED_BY_ECS = [
  'compatibilities',
  'taskDefinitionArn',
  'revision',
  'status',
  'requiresAttributes',
  'registeredAt',
  'registeredBy',
  'deregisteredAt',
];

/** The same for two definitions that mean the same, whether they are about to be registered or come back from ECS. */
export function definitionHash(input: JsonObject): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(normalised(input))))
    .digest('hex');
}

function normalised(input: JsonObject): Json {
  const { networkMode, containerDefinitions, ...rest } = input;
  for (const key of ADDED_BY_ECS) delete rest[key];
  const containers = (Array.isArray(containerDefinitions) ? containerDefinitions : []).filter(isJsonObject);
  return withoutEmpty({
    ...rest,
    networkMode: networkMode ?? 'bridge',
    containerDefinitions: containers.map((container) => ({
      ...container,
      essential: container['essential'] ?? true,
      environment: byKey(container['environment'], 'name'),
      secrets: byKey(container['secrets'], 'name'),
      environmentFiles: byKey(container['environmentFiles'], 'value'),
    })),
  });
}

function byKey(value: Json | undefined, key: string): Json {
  return namedList(value).sort((a, b) => (String(a[key]) < String(b[key]) ? -1 : 1));
}

/** ECS adds `cpu: 0`, `portMappings: []` and the like to each container: 0 counts as empty here. */
function withoutEmpty(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value)
    .map(([key, item]) => [key, withoutEmpty(item)] as const)
    .filter(([, item]) => !(item === null || item === '' || item === 0 || isEmpty(item)));
  return Object.fromEntries(entries);
}

const isEmpty = (value: Json): boolean =>
  Array.isArray(value) ? value.length === 0 : isJsonObject(value) && Object.keys(value).length === 0;

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key]!)]),
  );
}
