import { type Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Home } from './home.ts';
import { namesOf } from './names.ts';

/** What a function may be allowed to do; each is what one port of `shared/ports` needs, and no more. */
export type Power = 'log' | 'store' | 'secrets' | 'engine' | 'timers' | 'sockets' | 'bus' | 'address' | 'history';

type Grant = (home: Home, policy: Policy, log: ILogGroup) => PolicyStatement[];

const allow = (actions: string[], ...resources: string[]) => new PolicyStatement({ actions, resources });

const GRANTS: Record<Power, Grant> = {
  log: (_home, _policy, log) => [allow(['logs:CreateLogStream', 'logs:PutLogEvents'], log.logGroupArn)],
  store: ({ data }) => [
    allow(
      ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem', 'dynamodb:Query'],
      data.table.tableArn,
      `${data.table.tableArn}/index/*`,
    ),
    // DynamoDB uses the key in the caller's name.
    allow(['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:DescribeKey'], data.key.keyArn),
  ],
  secrets: ({ data }) => [allow(['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey'], data.key.keyArn)],
  engine: (_home, policy) => {
    const names = namesOf(policy);
    return [
      allow(['states:StartExecution', 'states:SendTaskSuccess'], names.stateMachineArn),
      allow(['states:DescribeExecution'], names.executionsArn),
    ];
  },
  timers: ({ schedules }, policy) => [
    allow(
      ['scheduler:CreateSchedule', 'scheduler:UpdateSchedule', 'scheduler:DeleteSchedule'],
      namesOf(policy).schedulesArn,
    ),
    new PolicyStatement({
      actions: ['iam:PassRole'],
      resources: [schedules.role.roleArn],
      conditions: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
    }),
  ],
  sockets: ({ sockets }) => [allow(['execute-api:ManageConnections'], sockets.connectionsArn)],
  bus: (_home, policy) => [allow(['events:PutEvents'], namesOf(policy).eventBusArn)],
  /** To count what an execution was billed for. */
  history: (_home, policy) => [allow(['states:GetExecutionHistory'], namesOf(policy).executionsArn)],
  address: (_home, policy) => [allow(['ssm:GetParameter'], namesOf(policy).apiUrlParameterArn)],
};

/** Everything that changes a flow run may start, signal, time, publish and hand out tokens. */
export const RUN_POWERS: readonly Power[] = ['store', 'secrets', 'engine', 'timers', 'sockets', 'bus', 'address'];

/** Adds the statements of these powers to a function's own policy. */
export function grant(policy: Policy, powers: readonly Power[], home: Home, log: ILogGroup): void {
  for (const power of powers) policy.addStatements(...GRANTS[power](home, policy, log));
}
