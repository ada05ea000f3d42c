import { DescribeRouteTablesCommand, type RouteTable } from '@aws-sdk/client-ec2';
import type { EcsClients } from './credentials.ts';
import { ecsError } from './errors.ts';

const EVERYWHERE = '0.0.0.0/0';

/**
 * The subnets of a VPC from which a task reaches the internet: their route table, or the VPC's main one, has a default route that
 * leads somewhere. Null when the credentials may not look at routes: then nobody knows.
 */
export async function subnetsWithRoute(
  { ec2 }: EcsClients,
  vpcId: string,
): Promise<((subnet: string) => boolean) | null> {
  try {
    const answer = await ec2.send(new DescribeRouteTablesCommand({ Filters: [{ Name: 'vpc-id', Values: [vpcId] }] }));
    const tables = answer.RouteTables ?? [];
    const main = tables.find(({ Associations = [] }) => Associations.some(({ Main }) => Main));
    const own = new Map(
      tables.flatMap((table) => (table.Associations ?? []).map(({ SubnetId }) => [SubnetId, table] as const)),
    );
    return (subnet) => leadsOut(own.get(subnet) ?? main);
  } catch (error) {
    const mapped = ecsError(error, 'DescribeRouteTables');
    if (mapped.kind === 'permission') return null;
    throw mapped;
  }
}

const leadsOut = (table: RouteTable | undefined): boolean =>
  (table?.Routes ?? []).some(
    ({ DestinationCidrBlock, State }) => DestinationCidrBlock === EVERYWHERE && State !== 'blackhole',
  );
