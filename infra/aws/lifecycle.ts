import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { CfnSamplingRule } from 'aws-cdk-lib/aws-xray';
import { Construct } from 'constructs';
import { definitionWithGrace } from '../../shared/lifecycle/definition.ts';
import type { Home } from './home.ts';
import { namesOf } from './names.ts';
import { RUN_POWERS } from './powers.ts';
import { PushpoolFunction } from './pushpool-function.ts';
import type { Targets } from './targets.ts';
import { explainWildcards } from './wildcards.ts';

/** The state machine of a flow run's attempt, and the function of the steps that are the same for every cloud. */
export class Lifecycle extends Construct {
  readonly handler: PushpoolFunction;
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: { readonly home: Home; readonly targets: Targets }) {
    super(scope, id);
    const names = namesOf(this);
    this.handler = new PushpoolFunction(this, 'Function', { home: props.home, name: 'lifecycle', powers: RUN_POWERS });
    this.stateMachine = new StateMachine(this, 'FlowRun', {
      stateMachineName: names.stateMachineName,
      definitionBody: DefinitionBody.fromString(
        JSON.stringify(definitionWithGrace(props.home.settings.cancelGraceSeconds)),
      ),
      definitionSubstitutions: { LifecycleFunction: this.handler.functionArn },
      logs: {
        destination: new LogGroup(this, 'Log', {
          logGroupName: `/aws/vendedlogs/states/${names.stateMachineName}`,
          retention: RetentionDays.ONE_MONTH,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ERROR,
        includeExecutionData: true,
      },
      tracingEnabled: true,
    });
    // Submit and Finish call the function that Prepare names: each of them, and nothing else.
    this.stateMachine.addToRolePolicy(
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: [this.handler, ...props.targets.handlers].map((handler) => handler.functionArn),
      }),
    );
    this.explainRole();
    this.sample();
    this.executionEnded(props.home);
  }

  /** Nothing of an execution that somebody stops, or that breaks, goes on by itself: the function sees to its run (decision 070). */
  private executionEnded({ schedules: { deadLetters } }: Home): void {
    const tried = { retryAttempts: 2, maxEventAge: Duration.hours(1) };
    this.handler.configureAsyncInvoke({ ...tried, onFailure: new SqsDestination(deadLetters) });
    new Rule(this, 'ExecutionEnded', {
      description: 'pushpool: the execution of a flow run was stopped or broke',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [this.stateMachine.stateMachineArn], status: ['ABORTED', 'TIMED_OUT', 'FAILED'] },
      },
      targets: [new LambdaFunction(this.handler, { ...tried, deadLetterQueue: deadLetters })],
    });
  }

  private explainRole(): void {
    const logging = 'Step Functions delivers logs through account-wide deliveries that have no ARN to name.';
    const tracing = 'X-Ray takes traces by account; its actions know no resource.';
    explainWildcards(this.stateMachine.role.node.findChild('DefaultPolicy'), {
      ...Object.fromEntries(LOG_DELIVERY_ACTIONS.map((action) => [action, logging])),
      ...Object.fromEntries(TRACING_ACTIONS.map((action) => [action, tracing])),
    });
  }

  /** Rule 26: one execution in twenty is traced, without the default rule's first one of each second. */
  private sample(): void {
    new CfnSamplingRule(this, 'Sampling', {
      samplingRule: {
        ruleName: namesOf(this).stateMachineName.slice(0, 32),
        resourceArn: this.stateMachine.stateMachineArn,
        fixedRate: 0.05,
        reservoirSize: 0,
        priority: 1000,
        host: '*',
        httpMethod: '*',
        serviceName: '*',
        serviceType: '*',
        urlPath: '*',
        version: 1,
      },
    });
  }
}

const LOG_DELIVERY_ACTIONS = [
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
];
const TRACING_ACTIONS = [
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
];
