import {
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DescribeInternetGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import { DescribeRepositoriesCommand } from '@aws-sdk/client-ecr';
import { ListClustersCommand } from '@aws-sdk/client-ecs';
import {
  ListAccessKeysCommand,
  ListAttachedUserPoliciesCommand,
  ListPoliciesCommand,
  ListRolesCommand,
  ListUsersCommand,
} from '@aws-sdk/client-iam';
import type { JsonObject } from '../../../shared/domain/json/json.ts';
import { ecsClients } from '../../../shared/provision/ecs/clients.ts';
import type { EcsContext } from '../../../shared/provision/ecs/context.ts';
import { ecsProvisioner } from '../../../shared/provision/ecs/ecs.ts';

/** An account in moto, and a server that keeps blocks. */
export function ecsAccount(endpoint: string) {
  const settings = {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const clients = ecsClients(settings);
  const { iam, ec2, ecs } = clients;
  const blocks = new Map<string, JsonObject>();
  let refused = false;
  return {
    iam,
    ec2,
    ecs,
    blocks,
    refuseBlocks() {
      refused = true;
    },
    /** Everything that provisioning makes, by name. */
    async state() {
      const arns = async (client: { send(command: never): Promise<unknown> }, command: unknown) =>
        JSON.stringify(await client.send(command as never))
          .match(/arn:aws:[\w-]+:[^"]*/g)
          ?.filter((arn) => !arn.includes(':aws:policy'))
          .map((arn) => arn.replace(/[0-9a-f-]{17,}/g, '*'))
          .toSorted();
      const counts = await Promise.all(
        [
          new DescribeVpcsCommand({}),
          new DescribeSubnetsCommand({}),
          new DescribeInternetGatewaysCommand({}),
          new DescribeRouteTablesCommand({}),
          new DescribeSecurityGroupsCommand({}),
        ].map(async (command) => {
          const answer: object = await ec2.send(command as never);
          return Object.values(answer).find(Array.isArray)?.length ?? 0;
        }),
      );
      const user = { UserName: 'prefect-ecs-user' };
      const keys = await iam.send(new ListAccessKeysCommand(user)).catch(() => null);
      const policies = await iam.send(new ListAttachedUserPoliciesCommand(user)).catch(() => null);
      return {
        roles: await arns(iam, new ListRolesCommand({})),
        users: await arns(iam, new ListUsersCommand({})),
        policies: await arns(iam, new ListPoliciesCommand({ Scope: 'Local' })),
        clusters: await arns(ecs, new ListClustersCommand({})),
        repositories: await arns(clients.ecr, new DescribeRepositoriesCommand({})),
        counts,
        keys: keys?.AccessKeyMetadata?.length ?? 0,
        attached: policies?.AttachedPolicies?.map(({ PolicyName }) => PolicyName) ?? [],
        blocks: [...blocks.keys()],
      };
    },
    async withoutDefaultVpc() {
      const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({}));
      const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
      for (const { SubnetId } of Subnets) await ec2.send(new DeleteSubnetCommand({ SubnetId: SubnetId! }));
      for (const { VpcId } of Vpcs) await ec2.send(new DeleteVpcCommand({ VpcId: VpcId! }));
    },
    context: (options: Partial<EcsContext> = {}): EcsContext => ({
      pool: 'pool',
      accountId: '123456789012',
      region: 'us-east-1',
      names: Object.fromEntries(ecsProvisioner.questions.map(({ key, defaultName }) => [key, defaultName('pool')])),
      found: new Map(),
      withKey: false,
      foreignRole: null,
      tryKey: async () => {},
      private: false,
      ...options,
      ...clients,
      sleep: async () => {},
      blocks: options.blocks ?? {
        find: async (type, name) => {
          const data = blocks.get(`${type}/${name}`);
          return data ? { id: 'block-1', data } : null;
        },
        create: async (type, name, data) => {
          if (refused) throw new Error('no access');
          blocks.set(`${type}/${name}`, data);
          return { id: 'block-1', data };
        },
        update: async (block, data) => {
          const [name = ''] = [...blocks.keys()];
          blocks.set(name, { ...block.data, ...data });
          return { id: block.id, data: blocks.get(name)! };
        },
        remove: async () => blocks.clear(),
      },
    }),
  };
}
