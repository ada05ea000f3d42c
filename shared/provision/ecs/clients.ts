import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECRClient } from '@aws-sdk/client-ecr';
import { ECSClient } from '@aws-sdk/client-ecs';
import { IAMClient } from '@aws-sdk/client-iam';
import { LostAnswer } from '../lost-answer.ts';
import type { EcsContext } from './context.ts';

export interface AwsSettings {
  readonly region: string;
  /** @default Amazon's own */
  readonly endpoint?: string;
  /** @default what any AWS tool would find */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/**
 * The clients that provisioning works with. The SDK repeats every call whose answer did not come, and would so make a second VPC or
 * access key: creations end with `LostAnswer` instead. What AWS refused, throttling too, is the SDK's as ever.
 */
export function ecsClients(settings: AwsSettings): Pick<EcsContext, 'iam' | 'ec2' | 'ecr' | 'ecs' | 'logs'> {
  const clients = {
    iam: new IAMClient(settings),
    ec2: new EC2Client(settings),
    ecr: new ECRClient(settings),
    ecs: new ECSClient(settings),
    logs: new CloudWatchLogsClient(settings),
  };
  for (const { middlewareStack } of Object.values(clients)) {
    (middlewareStack as EC2Client['middlewareStack']).addRelativeTo(createOnce, {
      ...{ name: 'createOnce', relation: 'after', toMiddleware: 'retryMiddleware' },
    });
  }
  return clients;
}

function createOnce<Given, Answer>(
  next: (given: Given) => Promise<Answer>,
  { commandName = '' }: { readonly commandName?: string },
): (given: Given) => Promise<Answer> {
  return async (given) => {
    try {
      return await next(given);
    } catch (error) {
      if (!commandName.startsWith('Create') || wasRefused(error as AwsError)) throw error;
      throw new LostAnswer(error as Error);
    }
  };
}

type AwsError = Error & { readonly $metadata?: { readonly httpStatusCode?: number } };

/** EC2 throttles with 503. */
function wasRefused({ name, $metadata }: AwsError): boolean {
  const status = $metadata?.httpStatusCode;
  return status !== undefined && (status < 500 || /Throttl|RequestLimit|SlowDown/.test(name));
}
