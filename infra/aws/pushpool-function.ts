import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Policy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Home } from './home.ts';
import { type FunctionName, namesOf } from './names.ts';
import { grant, type Power } from './powers.ts';

export interface PushpoolFunctionProps {
  readonly home: Home;
  readonly name: FunctionName;
  /** What it may do, besides writing its own log. */
  readonly powers: readonly Power[];
  /** @default 512; memory also buys CPU, and with it cold start */
  readonly memoryMegabytes?: number;
  /** @default 25, below the 30 s of API Gateway (rule 27) */
  readonly timeoutSeconds?: number;
}

/** One Lambda: Node 24 on arm64, its own role, its own log group, a bundle of its own and no permission it was not given. */
export class PushpoolFunction extends LambdaFunction {
  constructor(scope: Construct, id: string, props: PushpoolFunctionProps) {
    const { home, name } = props;
    const names = namesOf(scope);
    const functionName = names.functionName(name);
    const logGroup = new LogGroup(scope, `${id}Log`, {
      logGroupName: `/pushpool/${functionName}`,
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    super(scope, id, {
      functionName,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(home.bundles[name]),
      handler: 'index.handler',
      memorySize: props.memoryMegabytes ?? 512,
      timeout: Duration.seconds(props.timeoutSeconds ?? 25),
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      // Without Lambda's own START, END and REPORT lines: one line a request is ours (rule 26).
      systemLogLevelV2: SystemLogLevel.WARN,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      reservedConcurrentExecutions: home.settings.reservedConcurrency[name],
      environment: home.environment,
    });
    const policy = new Policy(this, 'Policy', { roles: [role] });
    grant(policy, ['log', ...props.powers], home, logGroup);
    this.node.addDependency(policy);
  }
}
