import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { ENTRA_AUDIENCE } from '../../shared/targets/aci/audience.ts';
import { ecsPolicy } from './ecs-policy.ts';
import type { Home } from './home.ts';
import { RUN_POWERS } from './powers.ts';
import { PushpoolFunction } from './pushpool-function.ts';
import { explainWildcards } from './wildcards.ts';

/** One function per cloud, so that each carries only its own SDK and its own permissions. */
export class Targets extends Construct {
  readonly handlers: readonly PushpoolFunction[];
  /** Under which pools without keys submit, by the name of the stack's output. */
  readonly roles: Readonly<Record<'EcsRoleArn' | 'AciRoleArn' | 'CloudRunRoleArn', string>>;

  constructor(scope: Construct, id: string, home: Home) {
    super(scope, id);
    const target = (childId: string, name: 'ecs' | 'aci' | 'cloud-run' | 'modal') =>
      new PushpoolFunction(this, childId, { home, name: `target-${name}`, powers: RUN_POWERS });
    const ecs = target('Ecs', 'ecs');
    ecsPolicy(this, ecs.role!, home.settings.passRoles);
    const aci = target('Aci', 'aci');
    const keyless = new PolicyStatement({
      actions: ['sts:GetWebIdentityToken'],
      resources: ['*'],
      conditions: { 'ForAllValues:StringEquals': { 'sts:IdentityTokenAudience': [ENTRA_AUDIENCE] } },
    });
    const policy = new Policy(this, 'AzureWithoutKeys', { roles: [aci.role!], statements: [keyless] });
    explainWildcards(policy, {
      'sts:GetWebIdentityToken': 'A token of the caller itself: STS knows no resource for it; the audience is limited.',
    });
    const cloudRun = target('CloudRun', 'cloud-run');
    this.handlers = [ecs, aci, cloudRun, target('Modal', 'modal')];
    const arnOf = ({ role }: PushpoolFunction) => role!.roleArn;
    this.roles = { EcsRoleArn: arnOf(ecs), AciRoleArn: arnOf(aci), CloudRunRoleArn: arnOf(cloudRun) };
  }
}
