import { Duration } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

export interface AlarmsProps {
  readonly deadLetters: Queue;
  readonly refused: Queue;
  readonly stateMachine: StateMachine;
  readonly http: HttpApi;
}

const period = Duration.minutes(5);

/** The questions at night: was something not delivered, was a rule's input refused, did a run's lifecycle break, does the API fail. */
export class Alarms extends Construct {
  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const undelivered = props.deadLetters.metricApproximateNumberOfMessagesVisible({ period });
    this.alarm('DeadLetters', 'a timer or an effect could not be delivered', undelivered, 1);
    const refused = props.refused.metricApproximateNumberOfMessagesVisible({ period });
    this.alarm('Refused', 'run-deployment could not carry out what a rule or schedule asked for', refused, 1);
    this.alarm('Lifecycle', 'the lifecycle of a flow run broke', props.stateMachine.metricFailed({ period }), 1);
    this.alarm('Api', 'the API answered 5xx', props.http.metricServerError({ period, statistic: 'Sum' }), 5);
  }

  private alarm(id: string, description: string, metric: IMetric, threshold: number): void {
    new Alarm(this, id, {
      alarmDescription: `pushpool: ${description}`,
      metric,
      threshold,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
