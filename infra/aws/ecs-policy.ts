import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import { type IRole, Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { ROLE_PATH } from './names.ts';
import { explainWildcards } from './wildcards.ts';

const BY_ACCOUNT = 'ECS and EC2 know no narrower resource for this action.';
const ASKED = [
  'ecs:RegisterTaskDefinition',
  'ecs:DeregisterTaskDefinition',
  'ecs:DescribeTaskDefinition',
  'ec2:DescribeVpcs',
  'ec2:DescribeSubnets',
  'ec2:DescribeRouteTables',
];

/**
 * What the ECS target may do with its own role, for pools without keys (targets.md 3.2): tasks in this account and region, their
 * output, roles of other accounts that trust it; and rule 30: to hand roles made for pushpool, and those the operator lists, to ECS
 * tasks and to nobody else.
 */
export function ecsPolicy(scope: Construct, role: IRole, passRoles: readonly string[]): Policy {
  const stack = Stack.of(scope);
  const ecs = (resource: string) => stack.formatArn({ service: 'ecs', resource, resourceName: '*' });
  const definitions = stack.formatArn({
    service: 'ecs',
    resource: 'task-definition',
    resourceName: '*:*',
  });
  const streams = stack.formatArn({
    ...{ service: 'logs', resource: 'log-group', resourceName: '*:log-stream:*' },
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  const rolesUnder = (account: string) => `arn:${Aws.PARTITION}:iam::${account}:role${ROLE_PATH}*`;
  const allow = (actions: string[], ...resources: string[]) => new PolicyStatement({ actions, resources });
  const policy = new Policy(scope, 'EcsPolicy', {
    roles: [role],
    statements: [
      allow(['ecs:RunTask'], definitions),
      allow(['ecs:StopTask', 'ecs:DescribeTasks', 'ecs:TagResource'], ecs('task')),
      allow(['ecs:ListTasks'], ecs('container-instance')),
      allow(ASKED, '*'),
      allow(['logs:GetLogEvents'], streams),
      allow(['sts:AssumeRole'], rolesUnder('*')),
      new PolicyStatement({
        actions: ['iam:PassRole'],
        resources: [rolesUnder(stack.account), ...passRoles],
        conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
      }),
    ],
  });
  explainWildcards(policy, Object.fromEntries(ASKED.map((action) => [action, BY_ACCOUNT])));
  return policy;
}
