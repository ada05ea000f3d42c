import { Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import type { Home } from './home.ts';
import { RUN_POWERS } from './powers.ts';
import { PushpoolFunction } from './pushpool-function.ts';
import { explainWildcards } from './wildcards.ts';

/** What AWS itself sets off: effects left undone (rule 2), timers, and ECS tasks that changed. */
export class Triggers extends Construct {
  readonly repair: PushpoolFunction;

  constructor(scope: Construct, id: string, home: Home) {
    super(scope, id);
    this.repair = new PushpoolFunction(this, 'Repair', { home, name: 'repair', powers: RUN_POWERS });
    this.repair.addEventSource(
      new DynamoEventSource(home.data.table, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        // Only an item with an effect still to be done; everything else costs nothing.
        filters: [FilterCriteria.filter({ dynamodb: { NewImage: { pending: { N: FilterRule.exists() } } } })],
        batchSize: 25,
        // The writer does its effect itself a moment later; the repair is for those that did not come to it.
        maxBatchingWindow: Duration.seconds(5),
        retryAttempts: 10,
        maxRecordAge: Duration.hours(1),
        bisectBatchOnError: true,
        parallelizationFactor: 2,
        onFailure: new SqsDlq(home.schedules.deadLetters),
      }),
    );
    explainWildcards(this.repair.role!.node.findChild('DefaultPolicy'), {
      'dynamodb:ListStreams': 'DynamoDB lists streams by account; the action knows no resource.',
    });
    new PushpoolFunction(this, 'TimerFired', { home, name: 'timer-fired', powers: RUN_POWERS });
    this.containerEnded(home);
  }

  private containerEnded(home: Home): void {
    const handler = new PushpoolFunction(this, 'ContainerEnded', { home, name: 'container-ended', powers: RUN_POWERS });
    new Rule(this, 'EcsTaskStopped', {
      description: 'pushpool: an ECS task that it started has stopped',
      eventPattern: {
        source: ['aws.ecs'],
        detailType: ['ECS Task State Change'],
        detail: { lastStatus: ['STOPPED'], startedBy: [{ prefix: 'pp/' }] },
      },
      targets: [
        new LambdaFunction(handler, {
          retryAttempts: 2,
          maxEventAge: Duration.minutes(5),
          deadLetterQueue: home.schedules.deadLetters,
        }),
      ],
    });
  }
}
