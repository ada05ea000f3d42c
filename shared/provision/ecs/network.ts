import {
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  DeleteInternetGatewayCommand,
  DeleteRouteTableCommand,
  DeleteSubnetCommand,
  DescribeAvailabilityZonesCommand,
  DescribeInternetGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DetachInternetGatewayCommand,
  DisassociateRouteTableCommand,
  type Filter,
  type InternetGateway,
  type RouteTable,
  type Subnet,
  type Vpc,
} from '@aws-sdk/client-ec2';
import { earlier, type Resource } from '../resource.ts';
import { subnetCidr } from './cidr.ts';
import { areOurs, capitalTags, type EcsContext, unless } from './context.ts';
import { isDefault } from './vpc.ts';

/** As many zones as Prefect uses; a region with fewer gets what it has. */
const ZONES = 3;

/** The parts of a VPC of ours; a default VPC, and one that somebody else made, has its own. */
const ofOurVpc = (context: EcsContext): boolean => {
  const found = context.found.get('vpc') as Vpc | undefined;
  return found === undefined || (!isDefault(found) && areOurs(context, found.Tags));
};
const vpcId = (context: EcsContext): string | undefined => (context.found.get('vpc') as Vpc | undefined)?.VpcId;
const tagged = (context: EcsContext, ResourceType: 'internet-gateway' | 'subnet' | 'route-table') => [
  { ResourceType, Tags: capitalTags(context, { Name: context.names['vpc']! }) },
];

export const internetGateway: Resource<EcsContext, InternetGateway> = {
  id: 'internet-gateway',
  applies: ofOurVpc,
  line: () => null,
  progress: 'Creating internet gateway',
  permissions: ['ec2:DescribeInternetGateways', 'ec2:CreateInternetGateway', 'ec2:AttachInternetGateway'],
  /** Attached to the VPC; else one of ours that is attached to nothing: made, or detached, when something broke off. */
  async find(context) {
    const id = vpcId(context);
    const attached = id ? await gateways(context, { Name: 'attachment.vpc-id', Values: [id] }) : [];
    if (attached[0] || (!id && !context.removing)) return attached[0] ?? null;
    const named = await gateways(context, { Name: 'tag:Name', Values: [context.names['vpc']!] });
    return named.find(({ Attachments = [], Tags }) => Attachments.length === 0 && areOurs(context, Tags)) ?? null;
  },
  async create(context) {
    const made = await context.ec2.send(
      new CreateInternetGatewayCommand({ TagSpecifications: tagged(context, 'internet-gateway') }),
    );
    return made.InternetGateway!;
  },
  async update(context, gateway) {
    if (gateway.Attachments?.length) return gateway;
    const InternetGatewayId = gateway.InternetGatewayId!;
    const VpcId = vpcId(context)!;
    await unless(['Resource.AlreadyAssociated'], () =>
      context.ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId, VpcId })),
    );
    return gateway;
  },
  isOurs: (context, found) => areOurs(context, found.Tags),
  async remove(context, { InternetGatewayId }) {
    const VpcId = vpcId(context);
    if (VpcId) {
      await unless(['Gateway.NotAttached', 'InvalidInternetGatewayID.NotFound'], () =>
        context.ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId: InternetGatewayId!, VpcId })),
      );
    }
    await unless(['InvalidInternetGatewayID.NotFound'], () =>
      context.ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId: InternetGatewayId! })),
    );
  },
};

export const subnets: Resource<EcsContext, readonly Subnet[]> = {
  id: 'subnets',
  applies: ofOurVpc,
  line: () => null,
  progress: 'Setting up subnets',
  permissions: ['ec2:DescribeSubnets', 'ec2:CreateSubnet', 'ec2:DescribeAvailabilityZones'],
  async find(context) {
    const there = await subnetsOf(context);
    const enough = context.removing ? 1 : (await zones(context)).length;
    return there.length > 0 && there.length >= enough ? there : null;
  },
  async create(context) {
    const network = earlier<Vpc>(context, 'vpc');
    const there = await subnetsOf(context);
    for (const [index, AvailabilityZone] of (await zones(context)).entries()) {
      if (there.some((subnet) => subnet.AvailabilityZone === AvailabilityZone)) continue;
      await context.ec2.send(
        new CreateSubnetCommand({
          VpcId: network.VpcId!,
          AvailabilityZone,
          CidrBlock: subnetCidr(network.CidrBlock!, index),
          TagSpecifications: tagged(context, 'subnet'),
        }),
      );
    }
    return subnetsOf(context);
  },
  isOurs: (context, found) => found.every(({ Tags }) => areOurs(context, Tags)),
  async remove({ ec2 }, found) {
    for (const { SubnetId } of found) {
      await unless(['InvalidSubnetID.NotFound'], () => ec2.send(new DeleteSubnetCommand({ SubnetId: SubnetId! })));
    }
  },
};

export const routes: Resource<EcsContext, RouteTable> = {
  id: 'route-table',
  applies: ofOurVpc,
  line: () => null,
  progress: 'Setting up routes',
  permissions: ['ec2:DescribeRouteTables', 'ec2:CreateRouteTable', 'ec2:CreateRoute', 'ec2:AssociateRouteTable'],
  async find(context) {
    const id = vpcId(context);
    if (!id) return null;
    const answer = await context.ec2.send(
      new DescribeRouteTablesCommand({ Filters: [{ Name: 'vpc-id', Values: [id] }] }),
    );
    return answer.RouteTables?.find(({ Tags }) => areOurs(context, Tags)) ?? null;
  },
  async create(context) {
    const answer = await context.ec2.send(
      new CreateRouteTableCommand({ VpcId: vpcId(context)!, TagSpecifications: tagged(context, 'route-table') }),
    );
    return answer.RouteTable!;
  },
  async update(context, table) {
    const RouteTableId = table.RouteTableId!;
    const GatewayId = earlier<InternetGateway>(context, 'internet-gateway').InternetGatewayId!;
    await unless(['RouteAlreadyExists'], () =>
      context.ec2.send(new CreateRouteCommand({ RouteTableId, GatewayId, DestinationCidrBlock: '0.0.0.0/0' })),
    );
    for (const { SubnetId } of earlier<readonly Subnet[]>(context, 'subnets')) {
      if (table.Associations?.some((association) => association.SubnetId === SubnetId)) continue;
      await unless(['Resource.AlreadyAssociated'], () =>
        context.ec2.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId: SubnetId! })),
      );
    }
    return table;
  },
  isOurs: (context, found) => areOurs(context, found.Tags),
  async remove({ ec2 }, { RouteTableId, Associations = [] }) {
    for (const { RouteTableAssociationId, Main } of Associations) {
      if (Main) continue;
      await unless(['InvalidAssociationID.NotFound'], () =>
        ec2.send(new DisassociateRouteTableCommand({ AssociationId: RouteTableAssociationId! })),
      );
    }
    await unless(['InvalidRouteTableID.NotFound'], () =>
      ec2.send(new DeleteRouteTableCommand({ RouteTableId: RouteTableId! })),
    );
  },
};

async function gateways({ ec2 }: EcsContext, filter: Filter): Promise<readonly InternetGateway[]> {
  return (await ec2.send(new DescribeInternetGatewaysCommand({ Filters: [filter] }))).InternetGateways ?? [];
}

async function zones({ ec2 }: EcsContext): Promise<string[]> {
  const available = [{ Name: 'state', Values: ['available'] }];
  const answer = await ec2.send(new DescribeAvailabilityZonesCommand({ Filters: available }));
  return (answer.AvailabilityZones ?? [])
    .filter(({ ZoneType }) => ZoneType === undefined || ZoneType === 'availability-zone')
    .map(({ ZoneName }) => ZoneName!)
    .toSorted()
    .slice(0, ZONES);
}

async function subnetsOf(context: EcsContext): Promise<readonly Subnet[]> {
  const id = vpcId(context);
  if (!id) return [];
  const answer = await context.ec2.send(new DescribeSubnetsCommand({ Filters: [{ Name: 'vpc-id', Values: [id] }] }));
  return answer.Subnets ?? [];
}
