import { Construct } from 'constructs';
import { ecsPolicy } from './ecs-policy.ts';
import type { Home } from './home.ts';
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
    ecsPolicy(this, ecs.role!, home.settings.passRoles);
    this.handlers = [ecs, target('Aci', 'aci'), target('CloudRun', 'cloud-run'), target('Modal', 'modal')];
  }
}
