import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { EventBus, EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

export interface OrdersStackProps extends StackProps {
  /** The output `RunDeploymentArn` of pushpool's stack. */
  readonly runDeploymentArn: string;
  /** Its output `EventBusName`. */
  readonly eventBusName: string;
  /** A bucket with EventBridge notifications switched on. */
  readonly bucketName: string;
}

/** A team's own stack: flows that run when its account says so, and an account that hears of its flows. */
export class OrdersStack extends Stack {
  constructor(scope: Construct, id: string, props: OrdersStackProps) {
    super(scope, id, props);
    const runDeployment = Lambda.fromFunctionAttributes(this, 'RunDeployment', {
      functionArn: props.runDeploymentArn,
      sameEnvironment: true, // lets CDK write down that the rule may call it
    });
    const undelivered = new Queue(this, 'Undelivered', { enforceSSL: true });

    // An upload runs a flow with the object's key. The event's id keeps a doubled delivery from making a second run.
    new Rule(this, 'OrdersUploaded', {
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: { bucket: { name: [props.bucketName] } },
      },
      targets: [
        new LambdaFunction(runDeployment, {
          event: RuleTargetInput.fromObject({
            deployment: 'load-orders/production',
            parameters: { key: EventField.fromPath('$.detail.object.key') },
            tags: ['upload'],
            idempotency_key: EventField.eventId,
          }),
          maxEventAge: Duration.hours(1),
          retryAttempts: 2,
          deadLetterQueue: undelivered,
        }),
      ],
    });

    // A time of your own, beside the schedules of deployments. Scheduler fills in the id of each firing.
    new Schedule(this, 'MonthEnd', {
      schedule: ScheduleExpression.expression('cron(0 6 L * ? *)'),
      target: new LambdaInvoke(runDeployment, {
        input: ScheduleTargetInput.fromObject({
          deployment: 'close-books/production',
          parameters: { dry_run: false },
          idempotency_key: '<aws.scheduler.execution-id>',
        }),
        maxEventAge: Duration.hours(1),
        retryAttempts: 2,
        deadLetterQueue: undelivered,
      }),
    });

    // Flow runs that went wrong are told to people.
    new Rule(this, 'FlowRunFailed', {
      eventBus: EventBus.fromEventBusName(this, 'PushpoolBus', props.eventBusName),
      eventPattern: {
        source: ['pushpool'],
        detailType: ['Flow Run State Change'],
        detail: { state: { type: ['FAILED', 'CRASHED'] }, flow_run: { tags: ['production'] } },
      },
      targets: [
        new SnsTopic(new Topic(this, 'Alerts'), {
          message: RuleTargetInput.fromText(
            `${EventField.fromPath('$.detail.flow.name')}/${EventField.fromPath('$.detail.flow_run.name')} is ` +
              `${EventField.fromPath('$.detail.state.name')}: ${EventField.fromPath('$.detail.state.message')}`,
          ),
          deadLetterQueue: undelivered,
        }),
      ],
    });
  }
}
