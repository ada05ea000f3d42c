import { Duration } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Home } from './home.ts';
import { namesOf } from './names.ts';
import type { Power } from './powers.ts';
import { PushpoolFunction } from './pushpool-function.ts';

/** It makes runs and starts them; it stops none and hands out no tokens. */
const POWERS: readonly Power[] = ['store', 'secrets', 'engine', 'timers', 'sockets', 'bus', 'address'];

/** What a team's own rules meet (docs/eventbridge.md): a bus of state changes, and a function that runs a deployment. */
export class EventBridge extends Construct {
  readonly bus: EventBus;
  readonly runDeployment: PushpoolFunction;
  /** What the function was given and could not carry out, with the reason. */
  readonly refused: Queue;

  constructor(scope: Construct, id: string, home: Home) {
    super(scope, id);
    this.bus = new EventBus(this, 'Bus', {
      eventBusName: namesOf(this).eventBusName,
      description: 'pushpool: every state change of a flow run',
    });
    this.refused = new Queue(this, 'Refused', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.runDeployment = new PushpoolFunction(this, 'RunDeployment', { home, name: 'run-deployment', powers: POWERS });
    this.runDeployment.configureAsyncInvoke({
      onFailure: new SqsDestination(this.refused),
      retryAttempts: 2,
      maxEventAge: Duration.hours(1),
    });
  }
}
