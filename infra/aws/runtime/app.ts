import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { KMSClient } from '@aws-sdk/client-kms';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { v7 } from 'uuid';
import type { App } from '../../../shared/operations/app.ts';
import { createStore } from '../../../shared/store/store.ts';
import { Table } from '../../../shared/store/table.ts';
import { readApiUrl } from './api-url.ts';
import { apiGatewayRealtime } from './apigateway-realtime.ts';
import { readEnvironment } from './env.ts';
import { eventBridgeBus } from './event-bridge-bus.ts';
import { kmsSecrets } from './kms-secrets.ts';
import { schedulerTimers } from './scheduler-timers.ts';
import { sfnEngine } from './sfn-engine.ts';

/**
 * The program in its AWS home, built once per process from the function's environment. Reads CloudFront's address from SSM;
 * everything else waits for its first use. Throws `TerminalError` when the deployment left something out.
 */
export async function awsApp(variables: Readonly<Record<string, string | undefined>> = process.env): Promise<App> {
  const env = readEnvironment(variables);
  // Whoever sends the SDK elsewhere by `AWS_ENDPOINT_URL` means the sockets as well; an endpoint of ours would be stronger.
  const sockets = new ApiGatewayManagementApiClient(
    variables['AWS_ENDPOINT_URL'] ? {} : { endpoint: env.SOCKETS_ENDPOINT },
  );
  const table = new Table(new DynamoDBClient({}), env.TABLE_NAME);
  return {
    store: createStore(table),
    log: (line) => console.log(line),
    clock: { now: () => new Date(), newId: () => v7() },
    engine: sfnEngine(new SFNClient({}), env.STATE_MACHINE_ARN),
    timers: schedulerTimers(new SchedulerClient({}), {
      group: env.SCHEDULE_GROUP,
      roleArn: env.SCHEDULE_ROLE_ARN,
      deadLetterArn: env.SCHEDULE_DEAD_LETTER_ARN,
      functionArnPrefix: env.FUNCTION_ARN_PREFIX,
    }),
    secrets: kmsSecrets(new KMSClient({}), env.KEY_ID, table),
    realtime: apiGatewayRealtime(sockets),
    bus: eventBridgeBus(new EventBridgeClient({}), env.EVENT_BUS_NAME),
    settings: {
      apiUrl: await readApiUrl(new SSMClient({}), env.API_URL_PARAMETER),
      authRequired: true,
      targets: env.targets,
      retentionDays: Number(env.RETENTION_DAYS),
      cancelGraceSeconds: Number(env.CANCEL_GRACE_SECONDS),
      passRoles: env.PASS_ROLES.split(',').filter((arn) => arn !== ''),
    },
  };
}
