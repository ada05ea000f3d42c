import {
  CreateVpcCommand,
  DeleteVpcCommand,
  DescribeNetworkInterfacesCommand,
  DescribeVpcsCommand,
  ModifyVpcAttributeCommand,
  type Vpc,
  waitUntilVpcAvailable,
} from '@aws-sdk/client-ec2';
import type { Resource } from '../resource.ts';
import { freeCidr } from './cidr.ts';
import { areOurs, capitalTags, type EcsContext, unless } from './context.ts';

/** The block of addresses, and what it is called. */
const planned = new WeakMap<EcsContext, { readonly cidr: string; readonly name: string }>();

/** The account's default VPC when it has one, else one of the name given. */
export const vpc: Resource<EcsContext, Vpc> = {
  id: 'vpc',
  line(context) {
    const { cidr, name } = planned.get(context) ?? { cidr: 'of its own', name: context.names['vpc'] };
    return `Creating a VPC with CIDR ${cidr} for running ECS tasks: ${name}`;
  },
  progress: 'Provisioning VPC',
  permissions: ['ec2:DescribeVpcs', 'ec2:CreateVpc', 'ec2:CreateTags', 'ec2:ModifyVpcAttribute'],
  async find(context) {
    const vpcs = await all(context);
    const found = vpcs.find(isDefault) ?? vpcs.find((each) => nameOf(each) === context.names['vpc']);
    const taken = vpcs.flatMap(({ CidrBlock, CidrBlockAssociationSet = [] }) => [
      CidrBlock!,
      ...CidrBlockAssociationSet.map((association) => association.CidrBlock!),
    ]);
    planned.set(context, {
      cidr: found?.CidrBlock ?? freeCidr(taken),
      name: found && isDefault(found) ? 'the default VPC' : context.names['vpc']!,
    });
    return found ?? null;
  },
  async create(context) {
    const { Vpc: made } = await context.ec2.send(
      new CreateVpcCommand({
        CidrBlock: planned.get(context)!.cidr,
        TagSpecifications: [{ ResourceType: 'vpc', Tags: capitalTags(context, { Name: context.names['vpc']! }) }],
      }),
    );
    await waitUntilVpcAvailable({ client: context.ec2, maxWaitTime: 120 }, { VpcIds: [made!.VpcId!] });
    return (await this.find(context)) ?? made!;
  },
  async update(context, found) {
    if (areOurs(context, found.Tags)) {
      const EnableDnsHostnames = { Value: true };
      await context.ec2.send(new ModifyVpcAttributeCommand({ VpcId: found.VpcId!, EnableDnsHostnames }));
    }
    return found;
  },
  isOurs: (context, found) => areOurs(context, found.Tags),
  async keptBecause({ ec2 }, found) {
    const answer = await ec2.send(
      new DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'vpc-id', Values: [found.VpcId!] }] }),
    );
    const count = answer.NetworkInterfaces?.length ?? 0;
    return count > 0 ? `${count} network interfaces are still in it; cancel the flow runs that use it first` : null;
  },
  async remove({ ec2 }, found) {
    await unless(['InvalidVpcID.NotFound'], () => ec2.send(new DeleteVpcCommand({ VpcId: found.VpcId! })));
  },
};

export const isDefault = (found: Vpc): boolean => found.IsDefault === true && found.State !== 'pending';

const nameOf = ({ Tags = [] }: Vpc): string | undefined => Tags.find(({ Key }) => Key === 'Name')?.Value;

async function all({ ec2 }: EcsContext): Promise<Vpc[]> {
  const vpcs: Vpc[] = [];
  let NextToken: string | undefined;
  do {
    const page = await ec2.send(new DescribeVpcsCommand({ NextToken }));
    vpcs.push(...(page.Vpcs ?? []));
    NextToken = page.NextToken;
  } while (NextToken);
  return vpcs;
}
