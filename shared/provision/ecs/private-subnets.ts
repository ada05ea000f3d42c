import { DescribeRouteTablesCommand, DescribeSubnetsCommand, type Vpc } from '@aws-sdk/client-ec2';
import { TerminalError } from '../../domain/errors.ts';
import { earlier, type Resource } from '../resource.ts';
import type { EcsContext } from './context.ts';

/** ECS takes at most so many subnets for one task. */
const SUBNETS_ALLOWED = 16;

/**
 * With `--private`: the subnets of the VPC that reach the internet through a NAT gateway. Tasks without a public address in any
 * other subnet could pull no image, and that shows only after minutes. They are never made here: a NAT gateway costs by the hour.
 */
export const privateSubnets: Resource<EcsContext, readonly string[]> = {
  id: 'private-subnets',
  applies: (context) => context.private && !context.removing,
  line: () => 'Using the subnets with a NAT gateway, without public addresses',
  progress: 'Looking for private subnets',
  permissions: ['ec2:DescribeRouteTables', 'ec2:DescribeSubnets'],
  async find(context) {
    const id = (context.found.get('vpc') as Vpc | undefined)?.VpcId;
    if (!id) throw noPrivateSubnets(context.names['vpc']!);
    const Filters = [{ Name: 'vpc-id', Values: [id] }];
    const { RouteTables = [] } = await context.ec2.send(new DescribeRouteTablesCommand({ Filters }));
    const { Subnets = [] } = await context.ec2.send(new DescribeSubnetsCommand({ Filters }));
    const main = RouteTables.find(({ Associations = [] }) => Associations.some(({ Main }) => Main));
    const found = Subnets.filter(({ SubnetId }) => {
      const own = RouteTables.find(({ Associations = [] }) => Associations.some((each) => each.SubnetId === SubnetId));
      return (own ?? main)?.Routes?.some(({ NatGatewayId }) => NatGatewayId);
    }).map(({ SubnetId }) => SubnetId!);
    if (found.length === 0) throw noPrivateSubnets(id);
    return found.slice(0, SUBNETS_ALLOWED);
  },
  create: async (context) => earlier(context, 'private-subnets'),
};

const noPrivateSubnets = (place: string): TerminalError =>
  new TerminalError(
    'no-private-subnets',
    `The VPC ${place} has no subnet whose route table leads to a NAT gateway, and a task without a public address needs one to pull its image. Make one, or leave --private out.`,
  );
