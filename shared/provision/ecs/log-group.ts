import {
  CreateLogGroupCommand,
  DescribeLogGroupsCommand,
  type LogGroup,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Resource } from '../resource.ts';
import { type EcsContext, marks, unless } from './context.ts';

/** Where Prefect's job configuration sends the output of tasks; the execution role may not make it. */
const NAME = 'prefect';
const RETENTION_DAYS = 30;

export const logGroup: Resource<EcsContext, LogGroup> = {
  id: 'log-group',
  line: () => `Creating a CloudWatch log group for the output of flow runs: ${NAME}`,
  progress: 'Provisioning log group',
  permissions: ['logs:DescribeLogGroups', 'logs:CreateLogGroup', 'logs:PutRetentionPolicy', 'logs:TagResource'],
  async find({ logs }) {
    const answer = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: NAME }));
    return answer.logGroups?.find(({ logGroupName }) => logGroupName === NAME) ?? null;
  },
  async create(context) {
    await unless(['ResourceAlreadyExistsException'], () =>
      context.logs.send(new CreateLogGroupCommand({ logGroupName: NAME, tags: marks(context) })),
    );
    await context.logs.send(new PutRetentionPolicyCommand({ logGroupName: NAME, retentionInDays: RETENTION_DAYS }));
    return (await this.find(context)) ?? { logGroupName: NAME };
  },
};
