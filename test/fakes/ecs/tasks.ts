import { createHash } from 'node:crypto';
import { AwsFault } from './aws-fault.ts';
import type { Definitions } from './definitions.ts';
import { type Body, refuseUnknown } from './strict.ts';

export interface TaskEnd {
  readonly stopCode: string;
  readonly stoppedReason: string;
  readonly exitCode?: number;
  readonly reason?: string;
}

export interface FakeTask {
  readonly arn: string;
  readonly request: Body;
  readonly definitionArn: string;
  readonly containers: readonly string[];
  readonly createdAt: number;
  readonly startsAt: number;
  stop: { at: number; reason: string } | null;
  end: TaskEnd | null;
  endedAt: number | null;
  /** ECS has forgotten it. */
  forgotten: boolean;
  version: number;
  reported: boolean;
}

const ACCOUNT = '123456789012';
const OVERRIDES_MAX = 8192;
const RUN_TASK_FIELDS = [
  'capacityProviderStrategy',
  'clientToken',
  'cluster',
  'count',
  'enableECSManagedTags',
  'enableExecuteCommand',
  'group',
  'launchType',
  'networkConfiguration',
  'overrides',
  'placementConstraints',
  'placementStrategy',
  'platformVersion',
  'propagateTags',
  'referenceId',
  'startedBy',
  'tags',
  'taskDefinition',
  'volumeConfigurations',
];

/** Tasks as ECS keeps them: idempotent by client token, moving on with the clock, forgotten some time after their end. */
export class Tasks {
  readonly all: FakeTask[] = [];
  startupSeconds = 20;
  stopSeconds = 5;
  readonly clusters: Set<string>;
  readonly #tokens = new Map<string, { hash: string; task: FakeTask }>();
  readonly #now: () => Date;
  readonly #region: string;
  readonly #definitions: Definitions;

  constructor(options: { now: () => Date; region: string; clusters: readonly string[]; definitions: Definitions }) {
    this.#now = options.now;
    this.#region = options.region;
    this.#definitions = options.definitions;
    this.clusters = new Set(options.clusters);
  }

  run(body: Body): Body {
    refuseUnknown('RunTask', body, RUN_TASK_FIELDS);
    const cluster = this.#cluster(body['cluster']);
    const definition = this.#definitions.find(body['taskDefinition']);
    if (!definition) throw new AwsFault('ClientException', 'Unable to describe task definition.');
    if (definition['status'] !== 'ACTIVE') throw new AwsFault('ClientException', 'TaskDefinition is inactive');
    this.#check(body, definition);
    const hash = createHash('sha256').update(JSON.stringify(body)).digest('hex');
    const before = body['clientToken'] ? this.#tokens.get(body['clientToken']) : undefined;
    if (before && before.hash !== hash) {
      throw new AwsFault('ConflictException', 'The client token was used with another request.', {
        fields: { resourceIds: [before.task.arn] },
      });
    }
    if (before) return { tasks: [this.answer(before.task)], failures: [] };
    const now = this.#now().getTime();
    const id = createHash('md5').update(`${this.all.length}/${hash}`).digest('hex');
    const task: FakeTask = {
      ...{ arn: `arn:aws:ecs:${this.#region}:${ACCOUNT}:task/${cluster}/${id}`, request: body },
      ...{ definitionArn: definition['taskDefinitionArn'], createdAt: now },
      containers: definition['containerDefinitions'].map(({ name }: Body) => name),
      ...{ startsAt: now + this.startupSeconds * 1000, stop: null, end: null, endedAt: null },
      ...{ forgotten: false, version: 1, reported: false },
    };
    this.all.push(task);
    if (body['clientToken']) this.#tokens.set(body['clientToken'], { hash, task });
    return { tasks: [this.answer(task)], failures: [] };
  }

  list(body: Body): Body {
    refuseUnknown('ListTasks', body, ['cluster', 'startedBy', 'desiredStatus', 'family', 'maxResults', 'nextToken']);
    const cluster = this.#cluster(body['cluster']);
    const wanted = body['desiredStatus'] ?? 'RUNNING';
    const found = this.all.filter(
      (task) =>
        !task.forgotten &&
        clusterOf(task) === cluster &&
        (task.stop || this.phase(task) === 'STOPPED' ? 'STOPPED' : 'RUNNING') === wanted &&
        (body['startedBy'] === undefined || task.request['startedBy'] === body['startedBy']),
    );
    const start = Number(body['nextToken'] ?? 0);
    const page = found.slice(start, start + 100);
    return {
      taskArns: page.map(({ arn }) => arn),
      ...(start + 100 < found.length && { nextToken: String(start + 100) }),
    };
  }

  describe(body: Body): Body {
    refuseUnknown('DescribeTasks', body, ['cluster', 'tasks', 'include']);
    this.#cluster(body['cluster']);
    const wanted: string[] = body['tasks'] ?? [];
    if (wanted.length === 0) throw new AwsFault('InvalidParameterException', 'Tasks cannot be empty.');
    if (wanted.length > 100) throw new AwsFault('InvalidParameterException', 'Too many tasks.');
    const found = wanted.map((arn) => [arn, this.#find(arn)] as const);
    return {
      tasks: found.filter(([, task]) => task).map(([, task]) => this.answer(task!)),
      failures: found.filter(([, task]) => !task).map(([arn]) => ({ arn, reason: 'MISSING' })),
    };
  }

  stop(body: Body): Body {
    refuseUnknown('StopTask', body, ['cluster', 'task', 'reason']);
    this.#cluster(body['cluster']);
    const task = this.#find(body['task']);
    if (!task) throw new AwsFault('InvalidParameterException', 'The referenced task was not found.');
    if (this.phase(task) !== 'STOPPED' && !task.stop) {
      task.stop = { at: this.#now().getTime() + this.stopSeconds * 1000, reason: body['reason'] ?? '' };
      task.version += 1;
    }
    return { task: this.answer(task) };
  }

  end(task: FakeTask, end: TaskEnd): void {
    if (this.phase(task) === 'STOPPED') return;
    task.end = end;
    task.endedAt = this.#now().getTime();
    task.version += 1;
  }

  phase(task: FakeTask): 'PROVISIONING' | 'RUNNING' | 'DEPROVISIONING' | 'STOPPED' {
    const now = this.#now().getTime();
    if (!task.end && task.stop && now >= task.stop.at) {
      const started = task.stop.at >= task.startsAt;
      task.end = { stopCode: 'UserInitiated', stoppedReason: task.stop.reason, ...(started && { exitCode: 143 }) };
      task.endedAt = task.stop.at;
      task.version += 1;
    }
    if (task.end) return 'STOPPED';
    if (task.stop) return now < task.startsAt ? 'PROVISIONING' : 'DEPROVISIONING';
    return now >= task.startsAt ? 'RUNNING' : 'PROVISIONING';
  }

  /** A task as `DescribeTasks` shows it and the event carries it. */
  answer(task: FakeTask): Body {
    const status = this.phase(task);
    const { request, end } = task;
    return {
      taskArn: task.arn,
      clusterArn: `arn:aws:ecs:${this.#region}:${ACCOUNT}:cluster/${clusterOf(task)}`,
      taskDefinitionArn: task.definitionArn,
      startedBy: request['startedBy'],
      lastStatus: status,
      desiredStatus: task.stop || task.end ? 'STOPPED' : 'RUNNING',
      createdAt: task.createdAt / 1000,
      cpu: '1024',
      memory: request['overrides']?.memory ?? '2048',
      ...(request['launchType'] && { launchType: request['launchType'] }),
      ...(request['capacityProviderStrategy']?.[0] && {
        capacityProviderName: request['capacityProviderStrategy'][0].capacityProvider,
      }),
      ...(end && { stopCode: end.stopCode, stoppedReason: end.stoppedReason, stoppedAt: task.endedAt! / 1000 }),
      version: task.version,
      tags: request['tags'] ?? [],
      containers: task.containers.map((name, place) => ({
        name,
        lastStatus: status === 'STOPPED' ? 'STOPPED' : status,
        ...(end?.exitCode !== undefined && { exitCode: place === 0 ? end.exitCode : 0 }),
        ...(end?.reason && place === 0 && { reason: end.reason }),
      })),
    };
  }

  #find(arn: string): FakeTask | undefined {
    return this.all.find((task) => !task.forgotten && (task.arn === arn || task.arn.endsWith(`/${arn}`)));
  }

  #cluster(given: string | undefined): string {
    const name = (given ?? 'default').split('/').at(-1)!;
    if (!this.clusters.has(name)) throw new AwsFault('ClusterNotFoundException', 'Cluster not found.');
    return name;
  }

  #check(body: Body, definition: Body): void {
    if (body['launchType'] && body['capacityProviderStrategy']?.length > 0) {
      throw new AwsFault(
        'InvalidParameterException',
        'Specifying both a launch type and capacity provider strategy is not supported.',
      );
    }
    if (JSON.stringify(body['overrides'] ?? {}).length > OVERRIDES_MAX) {
      throw new AwsFault('InvalidParameterException', `Container Overrides length must be at most ${OVERRIDES_MAX}`);
    }
    if (definition['networkMode'] === 'awsvpc' && !body['networkConfiguration']?.awsvpcConfiguration?.subnets?.length) {
      throw new AwsFault(
        'InvalidParameterException',
        "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
      );
    }
    if ((body['tags'] ?? []).length > 50) throw new AwsFault('InvalidParameterException', 'Too many tags.');
    for (const { key, value } of body['tags'] ?? []) {
      const bad = !/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u.test(key) || /^aws:/i.test(key) || String(value).length > 256;
      if (bad) throw new AwsFault('InvalidParameterException', `The tag ${key} is invalid.`);
    }
    const names = new Set(definition['containerDefinitions'].map(({ name }: Body) => name));
    for (const { name } of body['overrides']?.containerOverrides ?? []) {
      if (!names.has(name))
        throw new AwsFault(
          'InvalidParameterException',
          `Override for container named ${name} is not a container in the TaskDefinition.`,
        );
    }
  }
}

const clusterOf = ({ arn }: FakeTask): string => arn.split('/').at(-2)!;
