import { Stack } from 'aws-cdk-lib';
import { WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { Construct } from 'constructs';
import { apiDomain, STAGE } from './names.ts';

/** The WebSocket API without its function: every function that publishes needs its address, the realtime function too. */
export class Sockets extends Construct {
  readonly api: WebSocketApi;
  readonly domain: string;
  readonly stage = STAGE;
  /** What `execute-api:ManageConnections` is given for: posting to and closing this API's connections. */
  readonly connectionsArn: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.api = new WebSocketApi(this, 'Api', {
      apiName: `${Stack.of(this).stackName}-sockets`,
      // Prefect's messages have no such field: all go to $default.
      routeSelectionExpression: '$request.body.route',
    });
    new WebSocketStage(this, 'Stage', { webSocketApi: this.api, stageName: STAGE, autoDeploy: true });
    this.domain = apiDomain(this.api.apiId);
    this.connectionsArn = Stack.of(this).formatArn({
      service: 'execute-api',
      resource: this.api.apiId,
      resourceName: `${STAGE}/*/@connections/*`,
    });
  }
}
