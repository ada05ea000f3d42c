import { createTargetHandler, type TargetEvent } from '../../functions/targets/handler.ts';
import type { App } from '../../shared/operations/app.ts';
import { ecsDefinitions } from '../../shared/operations/work-pools/ecs-definitions.ts';
import type { Target } from '../../shared/targets/target.ts';
import type { Functions } from './lambda.ts';

/** Where the clouds are, when not where they always are: for tests. */
export interface CloudEndpoints {
  readonly modal?: string;
  readonly aws?: string;
  readonly azure?: string;
  readonly google?: string;
}

/** The function of each cloud's pool type, as in `settings.targets`. */
export const CLOUD_FUNCTIONS = {
  'modal:push': 'target-modal',
  'ecs:push': 'target-ecs',
  'azure-container-instance:push': 'target-aci',
  'cloud-run-v2:push': 'target-cloud-run',
  'cloud-run:push': 'target-cloud-run',
} as const;

type Load = (endpoints: CloudEndpoints, app: App) => Promise<Target>;

const TARGETS: Readonly<Record<keyof typeof CLOUD_FUNCTIONS, Load>> = {
  async 'modal:push'({ modal = null }) {
    const { createModalTarget } = await import('../../shared/targets/modal/target.ts');
    return createModalTarget({ serverUrl: modal });
  },
  // Credentials of the pool's block, else of this machine's environment; `AWS_ENDPOINT_URL` sends the SDK elsewhere.
  async 'ecs:push'({ aws }, app) {
    const { createEcsTarget } = await import('../../shared/targets/ecs/target.ts');
    return createEcsTarget({ definitions: ecsDefinitions(app), ...(aws && { client: { endpoint: aws } }) });
  },
  'azure-container-instance:push': toAci,
  'cloud-run-v2:push': toCloudRun,
  'cloud-run:push': toCloudRun,
};

async function toAci({ azure }: CloudEndpoints): Promise<Target> {
  const { createAciTarget } = await import('../../shared/targets/aci/target.ts');
  return createAciTarget({ endpoint: azure ?? process.env['PUSHPOOL_AZURE_ENDPOINT'] });
}

async function toCloudRun({ google }: CloudEndpoints): Promise<Target> {
  const { createCloudRunTarget } = await import('../../shared/targets/cloud-run/target.ts');
  return createCloudRunTarget({ endpoint: google ?? process.env['PUSHPOOL_GOOGLE_ENDPOINT'] });
}

/** The clouds as this home reaches them too. Their SDKs are large: each is loaded when its first run comes. */
export function registerCloudTargets(functions: Functions, app: App, endpoints: CloudEndpoints): void {
  for (const [poolType, name] of Object.entries(CLOUD_FUNCTIONS)) {
    const load = TARGETS[poolType as keyof typeof TARGETS];
    let handler: Promise<(event: TargetEvent) => Promise<null>> | null = null;
    functions.register(name, async (event: TargetEvent) => {
      handler ??= load(endpoints, app).then((target) => createTargetHandler(app, target));
      return (await handler)(event);
    });
  }
}
