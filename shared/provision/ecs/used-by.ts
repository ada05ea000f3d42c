import type { Subnet, Vpc } from '@aws-sdk/client-ec2';
import type { Cluster } from '@aws-sdk/client-ecs';
import type { Role } from '@aws-sdk/client-iam';
import { isJsonObject } from '../../domain/json/json.ts';
import type { OtherPool } from '../resource.ts';
import { accessKeys } from './access-key.ts';
import type { EcsContext } from './context.ts';

const NETWORK = ['vpc', 'internet-gateway', 'subnets', 'route-table', 'security-group'];

/** What of this pool's infrastructure another pool uses, as its template and its credentials block show. */
export async function usedBy(context: EcsContext, { defaults, credentials }: OtherPool): Promise<readonly string[]> {
  const found = <Found>(id: string) => context.found.get(id) as Found | undefined;
  const is = (theirs: unknown, ours: string | undefined) => ours !== undefined && theirs === ours;
  const used: string[] = [];
  if (is(defaults['execution_role_arn'], found<Role>('execution-role')?.Arn)) used.push('execution-role');
  const cluster = found<Cluster>('cluster');
  if (cluster && [cluster.clusterName, cluster.clusterArn].includes(String(defaults['cluster']))) used.push('cluster');
  if (is(defaults['vpc_id'], found<Vpc>('vpc')?.VpcId) || sharesSubnets(context, defaults)) used.push(...NETWORK);
  if (used.length > 0) used.push('repository');
  const key = credentials['aws_access_key_id'];
  if (key !== undefined && (await accessKeys(context)).some(({ AccessKeyId }) => AccessKeyId === key)) {
    used.push('iam-user', 'iam-policy');
  }
  if (is(credentials['assume_role_arn'], found<Role>('submit-role')?.Arn)) used.push('submit-role');
  return used;
}

function sharesSubnets(context: EcsContext, defaults: OtherPool['defaults']): boolean {
  const network = defaults['network_configuration'];
  const theirs = isJsonObject(network) && Array.isArray(network['subnets']) ? network['subnets'] : [];
  const ours = (context.found.get('subnets') as readonly Subnet[] | undefined) ?? [];
  return ours.some(({ SubnetId }) => theirs.includes(SubnetId!));
}
