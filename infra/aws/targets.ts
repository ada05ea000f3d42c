import { Stack } from 'aws-cdk-lib';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Home } from './home.ts';
import { ROLE_PATH } from './names.ts';
import { RUN_POWERS } from './powers.ts';
import { PushpoolFunction } from './pushpool-function.ts';

/** One function per cloud, so that each carries only its own SDK and its own permissions. */
export class Targets extends Construct {
  readonly handlers: readonly PushpoolFunction[];

  constructor(scope: Construct, id: string, home: Home) {
    super(scope, id);
    const target = (childId: string, name: 'ecs' | 'aci' | 'cloud-run' | 'modal') =>
      new PushpoolFunction(this, childId, { home, name: `target-${name}`, powers: RUN_POWERS });
    const ecs = target('Ecs', 'ecs');
    new Policy(this, 'PassRole', { roles: [ecs.role!], statements: [passRole(this, home.settings.passRoles)] });
    this.handlers = [ecs, target('Aci', 'aci'), target('CloudRun', 'cloud-run'), target('Modal', 'modal')];
  }
}

/** Rule 30: roles made for pushpool, and those the operator lists, to ECS tasks and to nobody else. */
function passRole(scope: Construct, listed: readonly string[]): PolicyStatement {
  const ours = Stack.of(scope).formatArn({
    service: 'iam',
    region: '',
    resource: 'role',
    resourceName: `${ROLE_PATH.slice(1)}*`,
  });
  return new PolicyStatement({
    actions: ['iam:PassRole'],
    resources: [ours, ...listed],
    conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
  });
}
