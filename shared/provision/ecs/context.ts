import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { ECRClient } from '@aws-sdk/client-ecr';
import type { ECSClient } from '@aws-sdk/client-ecs';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { ProvisionContext } from '../resource.ts';

/** What provisioning ECS works with: one account and region. */
export interface EcsContext extends ProvisionContext {
  readonly accountId: string;
  readonly region: string;
  readonly iam: IAMClient;
  readonly ec2: EC2Client;
  readonly ecr: ECRClient;
  readonly ecs: ECSClient;
  readonly logs: CloudWatchLogsClient;
  /** An IAM user whose key is stored in a block, as Prefect does; else the role that pushpool runs under. */
  readonly withKey: boolean;
  /** ARN of the role that pushpool runs under, when that is in another account than this one; else null. */
  readonly foreignRole: string | null;
  /** Rejects while AWS does not accept the key, which takes some seconds after it was made. */
  readonly tryKey: (key: { accessKeyId: string; secretAccessKey: string }) => Promise<void>;
  /** Tasks get no public address: they run in subnets that reach the internet through a NAT gateway. */
  readonly private: boolean;
}

/** What pushpool makes carries these tags; only what carries them is ever removed. */
export const MANAGED = 'pushpool:managed';
export const POOL = 'pushpool:pool';

export const marks = (context: EcsContext): Record<string, string> => ({ [MANAGED]: 'true', [POOL]: context.pool });

/** IAM's and EC2's way of writing tags. */
export const capitalTags = (context: EcsContext, more: Record<string, string> = {}) =>
  Object.entries({ ...marks(context), ...more }).map(([Key, Value]) => ({ Key, Value }));

/** ECS's way. */
export const smallTags = (context: EcsContext) =>
  Object.entries(marks(context)).map(([key, value]) => ({ key, value }));

/** Whether tags of either spelling are ours for this pool. */
export function areOurs(
  context: EcsContext,
  tags:
    | readonly {
        Key?: string | undefined;
        Value?: string | undefined;
        key?: string | undefined;
        value?: string | undefined;
      }[]
    | undefined,
): boolean {
  const values = new Map((tags ?? []).map((tag) => [tag.Key ?? tag.key, tag.Value ?? tag.value]));
  return values.get(MANAGED) === 'true' && values.get(POOL) === context.pool;
}

/** The answer, or null when AWS says by one of these error names that the thing is not there. */
export async function unless<Answer>(names: readonly string[], ask: () => Promise<Answer>): Promise<Answer | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Error && names.includes(error.name)) return null;
    throw error;
  }
}
