import { DescribeSubnetsCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import type { JsonObject } from '../../domain/json/json.ts';
import { TargetError } from '../target-error.ts';
import { type EcsClients, remember } from './credentials.ts';
import { ecsError } from './errors.ts';
import type { EcsJob } from './parse.ts';
import { subnetsWithRoute } from './routes.ts';

/** `awsvpcConfiguration` takes no more. */
const SUBNETS_MAX = 16;

/** Where a task goes, with sentences for the run's log. */
export interface TaskNetwork {
  readonly configuration: JsonObject;
  readonly warnings: readonly string[];
}

/**
 * Where an `awsvpc` task goes: what the pool says, else the subnets of its VPC, else of the default VPC, that lead to the internet, with
 * a public address so that images can be pulled. Asked once in ten minutes. Throws `TargetError('not-found')` when there is no such VPC.
 */
export async function networkOf(clients: EcsClients, job: EcsJob): Promise<TaskNetwork> {
  const vpcId = job.vpcId ?? (await remember(clients, 'default-vpc', () => defaultVpc(clients)));
  const subnets = await remember(clients, `subnets/${vpcId}`, () => subnetsOf(clients, vpcId));
  if (job.network) {
    checkSubnets(job.network, subnets, vpcId);
    return { configuration: job.network, warnings: [] };
  }
  if (subnets.length === 0) {
    throw new TargetError(
      'not-found',
      `The VPC ${vpcId} has no subnets. Make one, or choose another VPC with 'vpc_id'.`,
    );
  }
  const { chosen, warnings } = await remember(clients, `routed/${vpcId}`, () => choose(clients, vpcId, subnets));
  return {
    configuration: { subnets: chosen.slice(0, SUBNETS_MAX), assignPublicIp: 'ENABLED', securityGroups: [] },
    warnings,
  };
}

/** A task in a subnet without a way out waits minutes for its image and then fails: such subnets are left out, and named. */
async function choose(
  clients: EcsClients,
  vpcId: string,
  subnets: readonly string[],
): Promise<{ chosen: readonly string[]; warnings: readonly string[] }> {
  const hasRoute = await subnetsWithRoute(clients, vpcId);
  if (!hasRoute) return { chosen: subnets, warnings: [] };
  const chosen = subnets.filter(hasRoute);
  if (chosen.length > 0) return { chosen, warnings: [] };
  const names = subnets.slice(0, SUBNETS_MAX).join(', ');
  return {
    chosen: subnets,
    warnings: [
      `No subnet of the VPC ${vpcId} has a route to the internet (${names}): the image can only be pulled if the VPC has endpoints for its registry. Add an internet gateway or NAT, or name subnets in 'network_configuration'.`,
    ],
  };
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
