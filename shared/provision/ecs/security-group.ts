import {
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
  type SecurityGroup,
  type Vpc,
} from '@aws-sdk/client-ec2';
import type { Resource } from '../resource.ts';
import { areOurs, capitalTags, type EcsContext, unless } from './context.ts';
import { isDefault } from './vpc.ts';

/** Nothing comes in, everything may go out: a flow run calls, nobody calls it. */
export const securityGroup: Resource<EcsContext, SecurityGroup> = {
  id: 'security-group',
  applies: (context) => {
    const found = context.found.get('vpc') as Vpc | undefined;
    return found === undefined || !isDefault(found);
  },
  line: ({ names }) => `Creating a security group without incoming traffic for ECS tasks: ${names['securityGroup']}`,
  progress: 'Setting up security group',
  permissions: ['ec2:DescribeSecurityGroups', 'ec2:CreateSecurityGroup', 'ec2:CreateTags'],
  async find(context) {
    const id = (context.found.get('vpc') as Vpc | undefined)?.VpcId;
    if (!id) return null;
    const Filters = [
      { Name: 'vpc-id', Values: [id] },
      { Name: 'group-name', Values: [context.names['securityGroup']!] },
    ];
    return (await context.ec2.send(new DescribeSecurityGroupsCommand({ Filters }))).SecurityGroups?.[0] ?? null;
  },
  async create(context) {
    const { GroupId } = await context.ec2.send(
      new CreateSecurityGroupCommand({
        VpcId: (context.found.get('vpc') as Vpc).VpcId,
        GroupName: context.names['securityGroup'],
        Description: 'Prefect flow runs: no incoming traffic.',
        TagSpecifications: [{ ResourceType: 'security-group', Tags: capitalTags(context) }],
      }),
    );
    return (await this.find(context)) ?? { GroupId };
  },
  isOurs: (context, found) => areOurs(context, found.Tags),
  async remove({ ec2 }, { GroupId }) {
    await unless(['InvalidGroup.NotFound'], () => ec2.send(new DeleteSecurityGroupCommand({ GroupId })));
  },
};
