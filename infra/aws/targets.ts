import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { ecsPolicy } from './ecs-policy.ts';
import type { Home } from './home.ts';
import { RUN_POWERS } from './powers.ts';
import { PushpoolFunction } from './pushpool-function.ts';
import { ENTRA_AUDIENCE } from './runtime/web-identity-token.ts';
import { explainWildcards } from './wildcards.ts';

/** One function per cloud, so that each carries only its own SDK and its own permissions. */
export class Targets extends Construct {
  readonly handlers: readonly PushpoolFunction[];

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
    this.handlers = [ecs, aci, target('CloudRun', 'cloud-run'), target('Modal', 'modal')];
  }
}
