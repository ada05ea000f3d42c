import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Alarms } from './alarms.ts';
import { Api } from './api.ts';
import type { Bundles } from './bundle.ts';
import { Data } from './data.ts';
import { EventBridge } from './event-bridge.ts';
import { homeOf } from './home.ts';
import { Lifecycle } from './lifecycle.ts';
import { Realtime } from './realtime.ts';
import { Schedules } from './schedules.ts';
import { readSettings } from './settings.ts';
import { Sockets } from './sockets.ts';
import { Targets } from './targets.ts';
import { Triggers } from './triggers.ts';
import { Web } from './web.ts';

export interface PushpoolStackProps extends StackProps {
  readonly bundles: Bundles;
}

/** The whole of pushpool in one AWS account and region. It only composes: one construct per concern. */
export class PushpoolStack extends Stack {
  constructor(scope: Construct, id: string, props: PushpoolStackProps) {
    super(scope, id, props);
    const settings = readSettings(this.node);
    const data = new Data(this, 'Data');
    const schedules = new Schedules(this, 'Schedules');
    const sockets = new Sockets(this, 'Sockets');
    const home = homeOf(this, { data, schedules, sockets, settings, bundles: props.bundles });

    const api = new Api(this, 'Api', home);
    new Realtime(this, 'Realtime', home);
    const targets = new Targets(this, 'Targets', home);
    const lifecycle = new Lifecycle(this, 'Lifecycle', { home, targets });
    new Triggers(this, 'Triggers', home);
    const eventBridge = new EventBridge(this, 'EventBridge', home);
    const web = new Web(this, 'Web', { api: api.domain, sockets: sockets.domain, settings });
    new Alarms(this, 'Alarms', {
      deadLetters: schedules.deadLetters,
      refused: eventBridge.refused,
      stateMachine: lifecycle.stateMachine,
      http: api.http,
    });

    this.output('ApiUrl', 'What PREFECT_API_URL is set to', web.apiUrl);
    this.output('DistributionDomain', 'The host of CloudFront', web.distribution.distributionDomainName);
    this.output('TableName', 'Where everything is kept', data.table.tableName);
    this.output('KeyArn', 'The key of the table and of secrets', data.key.keyArn);
    this.output(
      'StateMachineArn',
      'One execution for each attempt of a flow run',
      lifecycle.stateMachine.stateMachineArn,
    );
    this.output('EventBusName', 'Where state changes of flow runs are put', eventBridge.bus.eventBusName);
    this.output(
      'RunDeploymentArn',
      'The function that your own rules and schedules call to run a deployment',
      eventBridge.runDeployment.functionArn,
    );
    this.output(
      'RunDeploymentRefusedUrl',
      'What it could not carry out, with the reason',
      eventBridge.refused.queueUrl,
    );
    for (const [name, arn] of Object.entries(targets.roles)) {
      this.output(name, 'The role that submits the runs of pools without keys', arn);
    }
    this.output('HttpApiId', 'The HTTP API behind CloudFront', api.http.apiId);
    this.output('WebSocketApiId', 'The WebSocket API behind CloudFront', sockets.api.apiId);
    this.output('WebSocketStage', 'Its only stage', sockets.stage);
  }

  private output(name: string, description: string, value: string): void {
    new CfnOutput(this, name, { description, value });
  }
}
