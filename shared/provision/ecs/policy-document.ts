/** What the user whose key is stored may do: Prefect's list, and `ecs:ListTasks`, with which a task is found again. */
export function ecsPolicyDocument(executionRoleArn: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'PrefectEcsPolicy',
        Effect: 'Allow',
        Action: [
          'ec2:AuthorizeSecurityGroupIngress',
          'ec2:CreateSecurityGroup',
          'ec2:CreateTags',
          'ec2:DescribeNetworkInterfaces',
          'ec2:DescribeRouteTables',
          'ec2:DescribeSecurityGroups',
          'ec2:DescribeSubnets',
          'ec2:DescribeVpcs',
          'ecs:CreateCluster',
          'ecs:DeregisterTaskDefinition',
          'ecs:DescribeClusters',
          'ecs:DescribeTaskDefinition',
          'ecs:DescribeTasks',
          'ecs:ListAccountSettings',
          'ecs:ListClusters',
          'ecs:ListTaskDefinitions',
          'ecs:ListTasks',
          'ecs:RegisterTaskDefinition',
          'ecs:RunTask',
          'ecs:StopTask',
          'ecs:TagResource',
          'logs:CreateLogStream',
          'logs:DescribeLogGroups',
          'logs:GetLogEvents',
          'logs:PutLogEvents',
        ],
        Resource: '*',
      },
      {
        Sid: 'PassExecutionRole',
        Effect: 'Allow',
        Action: 'iam:PassRole',
        Resource: executionRoleArn,
        Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
      },
    ],
  });
}
