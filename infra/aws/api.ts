import { Stack } from 'aws-cdk-lib';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Construct } from 'constructs';
import { PAGE_PATH } from '../../functions/page/handler.ts';
import type { Home } from './home.ts';
import { apiDomain } from './names.ts';
import { RUN_POWERS } from './powers.ts';
import { PushpoolFunction } from './pushpool-function.ts';

/** Prefect's REST API: one function behind one HTTP API; the function routes. Beside it the web page, whose function may do nothing. */
export class Api extends Construct {
  readonly handler: PushpoolFunction;
  readonly http: HttpApi;
  readonly domain: string;

  constructor(scope: Construct, id: string, home: Home) {
    super(scope, id);
    this.handler = new PushpoolFunction(this, 'Function', {
      home,
      name: 'api',
      powers: [...RUN_POWERS, 'history'],
      memoryMegabytes: 1024,
    });
    this.http = new HttpApi(this, 'Http', {
      apiName: `${Stack.of(this).stackName}-api`,
      defaultIntegration: new HttpLambdaIntegration('Integration', this.handler),
    });
    const page = new PushpoolFunction(this, 'Page', { home, name: 'page', powers: [] });
    this.http.addRoutes({
      path: `${PAGE_PATH}/{proxy+}`,
      methods: [HttpMethod.GET, HttpMethod.HEAD],
      integration: new HttpLambdaIntegration('PageIntegration', page),
    });
    this.domain = apiDomain(this.http.apiId);
  }
}
