import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Construct } from 'constructs';
import type { Home } from './home.ts';
import { PushpoolFunction } from './pushpool-function.ts';

/** The function behind the WebSocket API: connect, messages, disconnect. */
export class Realtime extends Construct {
  readonly handler: PushpoolFunction;

  constructor(scope: Construct, id: string, home: Home) {
    super(scope, id);
    this.handler = new PushpoolFunction(this, 'Function', {
      home,
      name: 'realtime',
      powers: ['store', 'secrets', 'engine', 'timers', 'sockets', 'address'],
    });
    for (const route of ['$connect', '$default', '$disconnect']) {
      const integration = new WebSocketLambdaIntegration(`Integration${route.slice(1)}`, this.handler);
      home.sockets.api.addRoute(route, { integration });
    }
  }
}
