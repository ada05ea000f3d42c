import { DescribeSubnetsCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import type { JsonObject } from '../../domain/json.ts';
import { TargetError } from '../target-error.ts';
import { type EcsClients, remember } from './credentials.ts';
import { ecsError } from './errors.ts';
import type { EcsJob } from './parse.ts';

/** `awsvpcConfiguration` takes no more. */
const SUBNETS_MAX = 16;

/**
 * Where an `awsvpc` task goes: what the pool says, else all subnets of its VPC, else of the default VPC, with a public address so
 * that images can be pulled. Asked once in ten minutes. Throws `TargetError('not-found')` when there is no such VPC.
 */
export async function networkOf(clients: EcsClients, job: EcsJob): Promise<JsonObject> {
  const vpcId = job.vpcId ?? (await remember(clients, 'default-vpc', () => defaultVpc(clients)));
  const subnets = await remember(clients, `subnets/${vpcId}`, () => subnetsOf(clients, vpcId));
  if (job.network) {
    checkSubnets(job.network, subnets, vpcId);
    return job.network;
  }
  if (subnets.length === 0) {
    throw new TargetError(
      'not-found',
      `The VPC ${vpcId} has no subnets. Make one, or choose another VPC with 'vpc_id'.`,
    );
  }
  return { subnets: subnets.slice(0, SUBNETS_MAX), assignPublicIp: 'ENABLED', securityGroups: [] };
}

async function defaultVpc({ ec2 }: EcsClients): Promise<string> {
  try {
    const answer = await ec2.send(new DescribeVpcsCommand({ Filters: [{ Name: 'isDefault', Values: ['true'] }] }));
    const id = answer.Vpcs?.[0]?.VpcId;
    if (id) return id;
  } catch (error) {
    throw ecsError(error, 'DescribeVpcs');
  }
  throw new TargetError(
    'not-found',
    "There is no default VPC in this region, so the network cannot be inferred. Set the pool's 'vpc_id', or make a default VPC.",
  );
}

async function subnetsOf({ ec2 }: EcsClients, vpcId: string): Promise<string[]> {
  try {
    const answer = await ec2.send(new DescribeSubnetsCommand({ Filters: [{ Name: 'vpc-id', Values: [vpcId] }] }));
    return (answer.Subnets ?? [])
      .map(({ SubnetId }) => SubnetId ?? '')
      .filter((id) => id !== '')
      .sort(); // the same request each time
  } catch (error) {
    throw ecsError(error, 'DescribeSubnets');
  }
}

function checkSubnets(network: JsonObject, known: readonly string[], vpcId: string): void {
  const given = Array.isArray(network['subnets']) ? network['subnets'].map(String) : [];
  const foreign = given.filter((subnet) => !known.includes(subnet));
  if (foreign.length === 0) return;
  throw new TargetError(
    'not-found',
    `The subnets ${foreign.join(', ')} of 'network_configuration' are not in the VPC ${vpcId}. Check 'vpc_id' and 'network_configuration'.`,
  );
}
