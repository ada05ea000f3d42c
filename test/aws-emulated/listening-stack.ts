import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { EventBus, EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

export interface ListeningStackProps extends StackProps {
  readonly runDeploymentArn: string;
  readonly eventBusName: string;
}

/** A team's own stack as docs/eventbridge.md describes it: one rule runs a deployment, two hear of what becomes of runs. */
export class ListeningStack extends Stack {
  constructor(scope: Construct, id: string, props: ListeningStackProps) {
    super(scope, id, props);
    const runDeployment = Lambda.fromFunctionAttributes(this, 'RunDeployment', {
      functionArn: props.runDeploymentArn,
      sameEnvironment: true,
    });
    const bus = EventBus.fromEventBusName(this, 'PushpoolBus', props.eventBusName);

    new Rule(this, 'Asked', {
      eventPattern: { source: ['team.shop'], detailType: ['Run'] },
      targets: [new LambdaFunction(runDeployment)],
    });
    new Rule(this, 'AfterFirst', {
      eventBus: bus,
      eventPattern: {
        source: ['pushpool'],
        detailType: ['Flow Run State Change'],
        detail: { state: { type: ['COMPLETED'] }, deployment: { name: ['first'] } },
      },
      targets: [
        new LambdaFunction(runDeployment, {
          // Within a text, as the emulator puts values into a template without the quotes that EventBridge gives a text.
          event: RuleTargetInput.fromObject({
            deployment: 'shop/second',
            tags: [`after ${EventField.fromPath('$.detail.flow_run.id')}`],
            idempotency_key: `after ${EventField.fromPath('$.detail.state.id')}`,
          }),
        }),
      ],
    });
    const changes = new Queue(this, 'Changes');
    new Rule(this, 'EveryChange', {
      eventBus: bus,
      eventPattern: { source: ['pushpool'] },
      targets: [new SqsQueue(changes)],
    });
    new CfnOutput(this, 'ChangesUrl', { value: changes.queueUrl });
  }
}
