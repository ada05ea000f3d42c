import { NodeHttpHandler } from '@smithy/node-http-handler';
import { readTaskStopped } from '../../../functions/triggers/ecs-task-stopped.ts';
import { ecsDefinitions } from '../../../shared/operations/work-pools/ecs-definitions.ts';
import { readStartedBy } from '../../../shared/targets/ecs/names.ts';
import { createEcsTarget } from '../../../shared/targets/ecs/target.ts';
import type { CloudUnderTest, ContainerView, End, Fault, Operation, RunningFake } from '../cloud-under-test.ts';
import { AwsFault, ConnectionLost } from './aws-fault.ts';
import { Definitions } from './definitions.ts';
import { type Rate, RateLimits } from './rate-limit.ts';
import { AwsServer } from './server.ts';
import type { Body } from './strict.ts';
import { type FakeTask, type TaskEnd, Tasks } from './tasks.ts';

const REGION = 'us-east-1';
export const ACCESS_KEY = 'AKIAFAKE';
export const ROLE = 'arn:aws:iam::123456789012:role/pushpool/flows';

const OPERATIONS: Record<Operation, string> = {
  look: 'ListTasks',
  create: 'RunTask',
  describe: 'DescribeTasks',
  list: 'DescribeTasks',
  stop: 'StopTask',
  'clean-up': 'DeregisterTaskDefinition',
  logs: 'GetLogEvents',
};
const FAULTS: Partial<Record<Fault['do'], () => Error>> = {
  throttle: () => new AwsFault('ThrottlingException', 'Rate exceeded'),
  'server-error': () =>
    new AwsFault('ServerException', 'Service Unavailable. Please try again later.', { status: 500 }),
  reset: () => new ConnectionLost(),
  permission: () =>
    new AwsFault(
      'AccessDeniedException',
      'User: arn:aws:iam::123456789012:user/u is not authorized to perform: ecs:RunTask on resource: * because no identity-based policy allows it',
    ),
  credentials: () => new AwsFault('ExpiredTokenException', 'The security token included in the request is expired'),
  'not-found': () => new AwsFault('ClusterNotFoundException', 'Cluster not found.'),
  invalid: () => new AwsFault('InvalidParameterException', 'Invalid setting for container.'),
};
const ENDS: Record<Exclude<End['kind'], 'exit' | 'vanish'>, TaskEnd> = {
  oom: {
    ...{ stopCode: 'EssentialContainerExited', stoppedReason: 'Essential container in task exited', exitCode: 137 },
    reason: 'OutOfMemoryError: Container killed due to memory usage',
  },
  'image-pull': {
    stopCode: 'TaskFailedToStart',
    stoppedReason: 'CannotPullContainerError: pull image manifest has been retried 7 time(s): failed to resolve ref',
  },
  spot: { stopCode: 'SpotInterruption', stoppedReason: 'Your Spot Task was interrupted.' },
  host: { stopCode: 'InfrastructureHealth', stoppedReason: 'Host EC2 (instance i-0f) terminated.' },
};

const exited = (exitCode: number): TaskEnd => ({
  stopCode: 'EssentialContainerExited',
  stoppedReason: 'Essential container in task exited',
  exitCode,
});

/** ECS with the little of EC2, CloudWatch Logs and STS that a target needs, on the wire (targets.md 5.2). */
export class FakeEcs implements RunningFake {
  readonly definitions = new Definitions(REGION);
  readonly tasks: Tasks;
  readonly server: AwsServer;
  readonly logs = new Map<string, { timestamp: number; message: string }[]>();
  /** Keys that are accepted; an empty set accepts all. */
  readonly accessKeys = new Set<string>([ACCESS_KEY]);
  /** VPCs with their subnets; the first is the default one unless `defaultVpc` is false. */
  readonly vpcs = new Map([['vpc-default', ['subnet-b', 'subnet-a']]]);
  defaultVpc = true;
  /** @default as fast as anybody asks */
  rates = new RateLimits({}, () => new Date());
  /** Subnets without a way out: each has a route table of its own; all others use the main one, which has an internet gateway. */
  readonly isolated = new Set<string>();
  /** The credentials may not look at routes. */
  routesForbidden = false;
  /** Plays what is in the container. @default it does nothing */
  onRun: (container: ContainerView) => void = () => {};
  url = '';
  readonly #now: () => Date;
  #faults: Fault[] = [];

  constructor(now: () => Date) {
    this.#now = now;
    this.tasks = new Tasks({ now, region: REGION, clusters: ['default', 'flows'], definitions: this.definitions });
    this.server = new AwsServer({
      RunTask: ({ body }) => {
        const answer = this.tasks.run(body);
        this.onRun(this.containers().at(-1)!);
        return answer;
      },
      ListTasks: ({ body }) => this.tasks.list(body),
      DescribeTasks: ({ body }) => this.tasks.describe(body),
      StopTask: ({ body }) => this.tasks.stop(body),
      RegisterTaskDefinition: ({ body }) => this.definitions.register(body),
      DescribeTaskDefinition: ({ body }) => this.definitions.describe(body),
      DeregisterTaskDefinition: ({ body }) => this.definitions.deregister(body),
      GetLogEvents: ({ body }) => this.#logEvents(body),
      DescribeVpcs: () => this.#describeVpcs(),
      DescribeSubnets: ({ body }) => this.#describeSubnets(body),
      DescribeRouteTables: ({ body }) => this.#describeRouteTables(body),
      AssumeRole: ({ body }) => this.#assumeRole(body),
    });
    this.server.around = (request, work) => this.#around(request.operation, request.accessKey, work);
  }

  get startupSeconds(): number {
    return this.tasks.startupSeconds;
  }
  set startupSeconds(seconds: number) {
    this.tasks.startupSeconds = seconds;
  }
  get stopSeconds(): number {
    return this.tasks.stopSeconds;
  }
  set stopSeconds(seconds: number) {
    this.tasks.stopSeconds = seconds;
  }

  get jobVariables() {
    return {
      aws_credentials: {
        ...{ aws_access_key_id: ACCESS_KEY, aws_secret_access_key: 'secret', region_name: REGION },
        aws_client_parameters: { endpoint_url: this.url },
      },
      ...{ cluster: 'flows', execution_role_arn: ROLE, auto_deregister_task_definition: true },
    };
  }

  target: RunningFake['target'] = (app, awaited) => {
    const http = new NodeHttpHandler();
    const requestHandler = {
      metadata: http.metadata,
      handle: (request: Parameters<NodeHttpHandler['handle']>[0]) => {
        const name = request.headers['x-amz-target'] ?? /Action=(\w+)/.exec(String(request.body))?.[1];
        return awaited(`aws ${String(name).split('.').at(-1)}`, () => http.handle(request));
      },
      destroy: () => http.destroy(),
    };
    const definitions = ecsDefinitions(app);
    return createEcsTarget({ definitions, client: { maxAttempts: 1, requestHandler }, waitMs: 1 });
  };

  containers(): ContainerView[] {
    return this.tasks.all.flatMap((task) => {
      const at = readStartedBy(task.request['startedBy']);
      if (!at) return [];
      const [override] = task.request['overrides']?.containerOverrides ?? [];
      const phase = this.tasks.phase(task);
      return [
        {
          ...{ name: task.arn, at, command: override?.command ?? [], stopRequested: task.stop !== null },
          phase:
            phase === 'PROVISIONING'
              ? ('starting' as const)
              : phase === 'STOPPED'
                ? ('ended' as const)
                : ('running' as const),
          env: Object.fromEntries((override?.environment ?? []).map(({ name, value }: Body) => [name, value])),
        },
      ];
    });
  }

  end(name: string, how: End): void {
    const task = this.#task(name);
    if (how.kind === 'vanish') {
      this.tasks.end(task, { stopCode: '', stoppedReason: '' });
      task.forgotten = true;
      task.reported = true;
    } else {
      this.tasks.end(task, how.kind === 'exit' ? exited(how.code) : ENDS[how.kind]);
    }
  }

  print(name: string, lines: readonly string[]): void {
    const task = this.#task(name);
    const definition = this.definitions.find(task.definitionArn)!;
    const [container] = definition['containerDefinitions'];
    const options = container.logConfiguration?.options;
    if (!options) return;
    const stream = `${options['awslogs-group']} ${options['awslogs-stream-prefix']}/${container.name}/${task.arn.split('/').at(-1)}`;
    this.logs.set(
      stream,
      lines.map((message) => ({ timestamp: this.#now().getTime(), message })),
    );
  }

  fault(fault: Fault): boolean {
    const known =
      FAULTS[fault.do] !== undefined ||
      (fault.do === 'capacity' && fault.on === 'create') ||
      (fault.do === 'stale' && fault.on === 'look');
    if (!known) return false;
    for (let time = 0; time < (fault.times ?? 1); time++) this.#faults.push(fault);
    return true;
  }

  takeEvents() {
    return this.tasks.all.flatMap((task) => {
      if (task.reported || this.tasks.phase(task) !== 'STOPPED') return [];
      task.reported = true;
      const detail = this.tasks.answer(task);
      const event = { 'detail-type': 'ECS Task State Change', source: 'aws.ecs', detail };
      const ended = readTaskStopped(event as unknown as Parameters<typeof readTaskStopped>[0]);
      return ended ? [ended] : [];
    });
  }

  /** Requests of one operation so far. */
  calls(operation: string): Body[] {
    return this.server.requests.filter((request) => request.operation === operation).map(({ body }) => body);
  }

  async start(): Promise<this> {
    this.url = await this.server.listen();
    return this;
  }

  close(): Promise<void> {
    return this.server.close();
  }

  #around(operation: string, accessKey: string, work: () => Body | string): Body | string {
    if (this.accessKeys.size > 0 && !this.accessKeys.has(accessKey)) {
      throw new AwsFault('UnrecognizedClientException', 'The security token included in the request is invalid.');
    }
    this.rates.take(operation);
    const place = this.#faults.findIndex((fault) => OPERATIONS[fault.on] === operation);
    if (place < 0) return work();
    const [fault] = this.#faults.splice(place, 1);
    if (fault!.do === 'capacity') {
      return { tasks: [], failures: [{ arn: 'arn:aws:ecs:…', reason: 'RESOURCE:MEMORY' }] };
    }
    if (fault!.do === 'stale') return { taskArns: [] };
    if (fault!.when === 'after') work();
    throw FAULTS[fault!.do]!();
  }

  #task(name: string): FakeTask {
    return this.tasks.all.find(({ arn }) => arn === name)!;
  }

  #logEvents(body: Body): Body {
    const events = this.logs.get(`${body['logGroupName']} ${body['logStreamName']}`);
    if (!events) throw new AwsFault('ResourceNotFoundException', 'The specified log stream does not exist.');
    return { events: events.slice(-(body['limit'] ?? 10_000)), nextForwardToken: 'f', nextBackwardToken: 'b' };
  }

  #describeVpcs(): string {
    const [id] = this.vpcs.keys();
    const item = this.defaultVpc && id ? `<item><vpcId>${id}</vpcId><isDefault>true</isDefault></item>` : '';
    return `<DescribeVpcsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><vpcSet>${item}</vpcSet></DescribeVpcsResponse>`;
  }

  #describeSubnets(body: Body): string {
    const subnets = this.vpcs.get(body['Filter.1.Value.1']) ?? [];
    const items = subnets.map((id) => `<item><subnetId>${id}</subnetId></item>`).join('');
    return `<DescribeSubnetsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><subnetSet>${items}</subnetSet></DescribeSubnetsResponse>`;
  }

  #describeRouteTables(body: Body): string {
    if (this.routesForbidden) throw new AwsFault('UnauthorizedOperation', 'You are not authorized to do this.');
    const out = '<item><destinationCidrBlock>0.0.0.0/0</destinationCidrBlock><state>active</state></item>';
    const table = (association: string, routes: string) =>
      `<item><associationSet><item>${association}</item></associationSet><routeSet>${routes}</routeSet></item>`;
    const own = (this.vpcs.get(body['Filter.1.Value.1']) ?? [])
      .filter((id) => this.isolated.has(id))
      .map((id) => table(`<main>false</main><subnetId>${id}</subnetId>`, ''));
    const items = [table('<main>true</main>', out), ...own].join('');
    return `<DescribeRouteTablesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><routeTableSet>${items}</routeTableSet></DescribeRouteTablesResponse>`;
  }

  #assumeRole(body: Body): string {
    const key = `ASIA${String(body['RoleArn']).split('/').at(-1)}`;
    this.accessKeys.add(key);
    const expires = new Date(Date.now() + 3600_000).toISOString();
    return `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>${key}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>${expires}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;
  }
}

/** `rates` as AWS limits an account; `prepare` sets the fake up. */
export const ecsCloudWith = (
  rates: Readonly<Record<string, Rate>>,
  prepare: (fake: FakeEcs) => void = () => {},
): CloudUnderTest => ({
  name: 'AWS ECS',
  poolType: 'ecs:push',
  start(now) {
    const fake = new FakeEcs(now);
    fake.rates = new RateLimits(rates, now);
    prepare(fake);
    return fake.start();
  },
});
export const ecsCloud: CloudUnderTest = ecsCloudWith({});
