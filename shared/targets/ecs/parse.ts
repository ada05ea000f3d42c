import { isJsonObject, type Json, type JsonObject } from '../../domain/json/json.ts';
import { shellSplit } from '../../domain/shell-split.ts';
import { JobReader, type Parse } from '../parse.ts';
import { type AwsCredentials, readCredentials } from './aws-credentials.ts';
import { checkFargateSize } from './fargate-sizes.ts';
import { checkRoles } from './pass-roles.ts';

/** The job of an `ecs:push` pool (targets.md 2.1); what its template puts into `task_definition` and `task_run_request` passes through. */
export interface EcsJob {
  readonly credentials: AwsCredentials;
  /** As the pool says it, name or ARN; null for the account's default cluster. */
  readonly cluster: string | null;
  /** An existing definition: then `definition` is ignored. */
  readonly taskDefinition: string | null;
  readonly definition: JsonObject;
  readonly request: JsonObject;
  readonly containerName: string | null;
  readonly launch: Launch;
  readonly env: Readonly<Record<string, string>>;
  /** Variables that must not be set, whatever the definition says. */
  readonly unset: readonly string[];
  readonly command: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** Values that ECS itself reads from Secrets Manager. */
  readonly secrets: readonly { readonly name: string; readonly valueFrom: string }[];
  readonly logs: { readonly on: boolean; readonly options: Record<string, string>; readonly prefix: string | null };
  readonly vpcId: string | null;
  /** `awsvpcConfiguration`; null to find the network. */
  readonly network: JsonObject | null;
  readonly deregister: boolean;
  readonly warnings: readonly string[];
}

export type Launch =
  | { readonly kind: 'type'; readonly launchType: 'FARGATE' | 'EC2' | 'EXTERNAL' }
  | { readonly kind: 'providers'; readonly strategy: readonly Json[] }
  /** The cluster's default capacity provider. */
  | { readonly kind: 'default' };

const LAUNCH_TYPES = ['FARGATE', 'EC2', 'EXTERNAL', 'FARGATE_SPOT'];
const DEFAULT_CPU = 1024;
const DEFAULT_MEMORY = 2048;

/** Reads the job; every problem at once. Pure. */
export const parseEcsJob: Parse<EcsJob> = (job, { complete, passRoles }) => {
  const read = new JobReader();
  const taskDefinition = definitionArn(read, job);
  const definition = read.object(job, 'task_definition') ?? {};
  const request = read.object(job, 'task_run_request') ?? {};
  if (complete && !taskDefinition && !isJsonObject(job['task_definition'])) {
    read.problem('task_definition', 'is missing. Give a task definition, or task_definition_arn.');
  }
  const launch = launchOf(read, request, definition);
  const logs = logsOf(read, job, definition, taskDefinition);
  const network = networkOf(read, job);
  if (!taskDefinition) checkDefinition(read, definition, launch);
  const override = firstOverride(request);
  const credentials = readCredentials(read, job);
  checkRoles(read, job, credentials, passRoles);
  return read.result({
    credentials,
    cluster: read.text(request, 'cluster', 'task_run_request.cluster') ?? read.text(job, 'cluster'),
    taskDefinition,
    definition,
    request,
    containerName: read.text(job, 'container_name'),
    launch,
    env: read.texts(job, 'env'),
    unset: unsetIn(override['environment']),
    command: commandOf(read, override['command'] ?? job['command']),
    labels: read.texts(job, 'labels'),
    secrets: secretsOf(read, job),
    logs,
    vpcId: read.text(job, 'vpc_id'),
    network,
    deregister: read.boolean(job, 'auto_deregister_task_definition') ?? false,
    warnings: taskDefinition ? ignored(definition) : [],
  });
};

function definitionArn(read: JobReader, job: JsonObject): string | null {
  const request = read.object(job, 'task_run_request') ?? {};
  const arn = read.text(request, 'taskDefinition', 'task_run_request.taskDefinition');
  if (arn && !/^(arn:aws[a-z-]*:ecs:.+:task-definition\/.+|[A-Za-z0-9_-]{1,255}(:\d+)?)$/.test(arn)) {
    return read.problem(
      'task_definition_arn',
      `"${arn}" is no ARN of a task definition, and no family or family:revision.`,
    );
  }
  return arn;
}

function launchOf(read: JobReader, request: JsonObject, definition: JsonObject): Launch {
  const strategy = read.list(request, 'capacityProviderStrategy', 'task_run_request.capacityProviderStrategy');
  if (strategy && strategy.length > 0) return { kind: 'providers', strategy };
  const type = read.text(request, 'launchType', 'task_run_request.launchType');
  if (type && !LAUNCH_TYPES.includes(type)) {
    read.problem('task_run_request.launchType', `must be one of ${LAUNCH_TYPES.join(', ')}, not "${type}".`);
  }
  if (type === 'FARGATE_SPOT') {
    return { kind: 'providers', strategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }] };
  }
  if (type) return { kind: 'type', launchType: type as 'FARGATE' };
  return compatibilities(definition).includes('EC2') ? { kind: 'default' } : { kind: 'type', launchType: 'FARGATE' };
}

/** True when a definition of ours must suit Fargate. */
export function isFargate({ launch }: Pick<EcsJob, 'launch'>): boolean {
  if (launch.kind === 'type') return launch.launchType === 'FARGATE';
  if (launch.kind === 'default') return false;
  return launch.strategy.some(
    (item) => isJsonObject(item) && String(item['capacityProvider'] ?? '').startsWith('FARGATE'),
  );
}

function checkDefinition(read: JobReader, definition: JsonObject, launch: Launch): void {
  const containers = (read.list(definition, 'containerDefinitions', 'task_definition.containerDefinitions') ?? [])
    .filter(isJsonObject)
    .filter((container) => Object.keys(container).length > 0);
  if (containers.length > 0 && containers.every((container) => container['essential'] === false)) {
    read.problem('task_definition.containerDefinitions', 'need one container that is essential.');
  }
  const cpu = read.number(definition, 'cpu', 'task_definition.cpu');
  const memory = read.number(definition, 'memory', 'task_definition.memory');
  if (!isFargate({ launch })) return;
  const problem = checkFargateSize(cpu ?? DEFAULT_CPU, memory ?? DEFAULT_MEMORY);
  if (problem)
    read.problem(problem.field === 'cpu' ? 'task_definition.cpu' : 'task_definition.memory', problem.message);
  const mode = read.text(definition, 'networkMode', 'task_definition.networkMode');
  if (mode && mode !== 'awsvpc') read.problem('task_definition.networkMode', `must be awsvpc on Fargate, not ${mode}.`);
  const required = compatibilities(definition);
  if (required.length > 0 && !required.includes('FARGATE')) {
    read.problem(
      'task_definition.requiresCompatibilities',
      `must contain FARGATE, or launch_type must be EC2; it is ${required.join(', ')}.`,
    );
  }
}

const compatibilities = (definition: JsonObject): string[] => {
  const given = definition['requiresCompatibilities'];
  return Array.isArray(given) ? given.map(String) : [];
};

function logsOf(read: JobReader, job: JsonObject, definition: JsonObject, arn: string | null): EcsJob['logs'] {
  const options = read.texts(job, 'cloudwatch_logs_options');
  const prefix = read.text(job, 'cloudwatch_logs_prefix');
  const asked = read.boolean(job, 'configure_cloudwatch_logs');
  const role = read.text(definition, 'executionRoleArn', 'task_definition.executionRoleArn');
  if (Object.keys(options).length > 0 && asked === false) {
    read.problem('cloudwatch_logs_options', 'need configure_cloudwatch_logs to be true.');
  }
  if (asked && !role && !arn) {
    read.problem(
      'configure_cloudwatch_logs',
      'needs execution_role_arn, a role that may write logs (logs:CreateLogStream, logs:PutLogEvents).',
    );
  }
  // Without logs there are no last lines to show: they are on wherever a role can write them.
  return { on: !arn && (asked ?? role !== null), options, prefix };
}

function networkOf(read: JobReader, job: JsonObject): JsonObject | null {
  const given = read.object(job, 'network_configuration');
  if (!given || Object.keys(given).length === 0) return null;
  if (!read.text(job, 'vpc_id')) {
    read.problem('network_configuration', 'needs `vpc_id`: the VPC whose subnets and security groups it names.');
  }
  return given;
}

function secretsOf(read: JobReader, job: JsonObject): EcsJob['secrets'] {
  const secrets = [];
  for (const [field, name] of [
    ['prefect_api_key_secret_arn', 'PREFECT_API_KEY'],
    ['prefect_api_auth_string_secret_arn', 'PREFECT_API_AUTH_STRING'],
  ] as const) {
    const valueFrom = read.text(job, field);
    if (valueFrom) secrets.push({ name, valueFrom });
  }
  return secrets;
}

/** A list stands as it is: a command that the template itself spells out. */
function commandOf(read: JobReader, command: Json | undefined): string[] {
  if (command === undefined || command === null) return [];
  if (Array.isArray(command)) return command.map(String);
  if (typeof command !== 'string') return read.problem('command', 'must be a text.') ?? [];
  try {
    return shellSplit(command);
  } catch (error) {
    return read.problem('command', (error as Error).message) ?? [];
  }
}

/** The override of the flow's container: the first. */
export function firstOverride(request: JsonObject): JsonObject {
  const overrides = request['overrides'];
  const containers = isJsonObject(overrides) ? overrides['containerOverrides'] : undefined;
  const first = Array.isArray(containers) ? containers[0] : undefined;
  return isJsonObject(first) ? first : {};
}

/** Names with null in a template's `environment`, be it an object or ECS's list. */
function unsetIn(environment: Json | undefined): string[] {
  if (isJsonObject(environment)) return Object.keys(environment).filter((name) => environment[name] === null);
  if (!Array.isArray(environment)) return [];
  return environment
    .filter((item) => isJsonObject(item) && item['value'] === null)
    .map((item) => String((item as JsonObject)['name']));
}

/** What has no effect beside task_definition_arn. Empty containers are what is left of unset placeholders. */
function ignored(definition: JsonObject): string[] {
  const fields = Object.keys(definition).filter((field) => field !== 'containerDefinitions');
  if (fields.length === 0) return [];
  return [
    `task_definition_arn is set, so these settings of the task definition are ignored: ${fields.join(', ')}, and those of its containers (image, container definitions).`,
  ];
}
