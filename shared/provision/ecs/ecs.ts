import type { SecurityGroup, Subnet, Vpc } from '@aws-sdk/client-ec2';
import type { Cluster } from '@aws-sdk/client-ecs';
import type { Role } from '@aws-sdk/client-iam';
import { earlier, type NameQuestion, type Provisioner } from '../resource.ts';
import { blockReference, withDefaults } from '../template.ts';
import { cluster } from './cluster.ts';
import type { EcsContext } from './context.ts';
import { credentialsBlock } from './credentials-block.ts';
import { executionRole } from './execution-role.ts';
import { iamPolicy } from './iam-policy.ts';
import { iamUser } from './iam-user.ts';
import { logGroup } from './log-group.ts';
import { internetGateway, routes, subnets } from './network.ts';
import { privateSubnets } from './private-subnets.ts';
import { registry } from './registry.ts';
import { repository } from './repository.ts';
import { securityGroup } from './security-group.ts';
import { submitRole } from './submit-role.ts';
import { usedBy } from './used-by.ts';
import { isDefault, vpc } from './vpc.ts';

/**
 * Everything an `ecs:push` pool needs in an AWS account, with the default names of Prefect's own provisioner, so that each finds
 * what the other made. Keyless unless asked otherwise: then the role that pushpool runs under submits the tasks, or in another account
 * one that it may assume.
 */
export const ecsProvisioner: Provisioner<EcsContext> = {
  place: ({ accountId, region }) => `AWS account ${accountId}, region ${region}`,
  questions: [
    question('user', 'IAM user (manages ECS tasks)', 'prefect-ecs-user', /^[\w+=,.@-]{1,64}$/),
    question(
      'policy',
      'IAM policy (defines ECS task execution and image management permissions)',
      'prefect-ecs-policy',
      /^[\w+=,.@-]{1,128}$/,
    ),
    question('role', 'IAM role (assumed by pushpool from another account)', 'prefect-ecs-submit', /^[\w+=,.@-]{1,64}$/),
    question('cluster', 'ECS cluster (hosts ECS tasks)', 'prefect-ecs-cluster', /^[\w-]{1,255}$/),
    question('vpc', 'VPC (provides network isolation for ECS tasks)', 'prefect-ecs-vpc', /^.{1,255}$/),
    question(
      'securityGroup',
      'ECS security group (controls task network traffic)',
      'prefect-ecs-security-group',
      /^(?!sg-)[\w .:/()#,@[\]+=&;{}!$*-]{1,255}$/,
    ),
    question(
      'repository',
      'ECR repository (stores Docker images for ECS tasks)',
      'prefect-flows',
      /^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/,
    ),
    {
      ...question(
        'block',
        'Prefect AWS credentials block (stores AWS credentials in Prefect for managing ECS tasks)',
        '',
        /^[a-z0-9-]+$/,
      ),
      defaultName: (pool) => `${pool.toLowerCase().replaceAll(/[^a-z0-9-]+/g, '-')}-aws-credentials`,
    },
  ],
  resources: [
    executionRole,
    logGroup,
    iamUser,
    iamPolicy,
    submitRole,
    credentialsBlock,
    cluster,
    vpc,
    internetGateway,
    subnets,
    routes,
    securityGroup,
    privateSubnets,
    repository,
  ] as never,
  template: (context, template) => {
    const network = earlier<Vpc>(context, 'vpc');
    const credentials =
      context.withKey || context.foreignRole !== null ? earlier<{ id: string }>(context, 'credentials-block') : null;
    return withDefaults(template, {
      execution_role_arn: earlier<Role>(context, 'execution-role').Arn,
      // a credentials block holds the region; without one the cluster's ARN does
      cluster: credentials ? context.names['cluster'] : earlier<Cluster>(context, 'cluster').clusterArn,
      configure_cloudwatch_logs: true,
      aws_credentials: credentials ? blockReference(credentials.id) : undefined,
      vpc_id: isDefault(network) && !context.private ? undefined : network.VpcId,
      network_configuration: networkConfiguration(context, network),
    });
  },
  usedBy,
  registry,
  notes: ({ names }) => [`The name of an image must be that of the repository: ${names['repository']}`],
};

/** Where the tasks get their addresses; undefined leaves it to the default VPC. */
function networkConfiguration(context: EcsContext, network: Vpc): Record<string, unknown> | undefined {
  if (isDefault(network) && !context.private) return undefined;
  const group = context.found.get('security-group') as SecurityGroup | undefined;
  const made = context.found.get('subnets') as readonly Subnet[] | undefined;
  const ids = context.private
    ? earlier<readonly string[]>(context, 'private-subnets')
    : made?.map(({ SubnetId }) => SubnetId!);
  if (!ids) return undefined; // a VPC that somebody else made: its subnets are looked up when a run is submitted
  return {
    subnets: ids,
    securityGroups: group?.GroupId ? [group.GroupId] : [],
    assignPublicIp: context.private ? 'DISABLED' : 'ENABLED',
  };
}

function question(key: string, what: string, defaultName: string, pattern: RegExp): NameQuestion {
  return {
    key,
    prompt: `Enter a name for the ${what}`,
    defaultName: () => defaultName,
    check: (name) =>
      pattern.test(name) ? null : `"${name}" cannot name an ${what.split(' (')[0]}: it must match ${pattern.source}`,
  };
}
