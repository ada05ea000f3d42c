import type { Parse } from './parse.ts';

type Load = () => Promise<Parse<unknown>>;

const loadCloudRun: Load = async () => (await import('./cloud-run/parse.ts')).parseCloudRunJob;

const LOADERS: Readonly<Record<string, Load>> = {
  'azure-container-instance:push': async () => (await import('./aci/parse.ts')).parseAciJob,
  'cloud-run-v2:push': loadCloudRun,
  'cloud-run:push': loadCloudRun,
  'modal:push': async () => (await import('./modal/parse.ts')).parseModalJob,
  'ecs:push': async () => (await import('./ecs/parse.ts')).parseEcsJob,
};

/**
 * The pure part of a pool type's target, for the API: a template that its cloud would refuse is refused when it is saved.
 * Undefined for types without a cloud. Loads only the one that is asked for.
 */
export async function parserOf(poolType: string): Promise<Parse<unknown> | undefined> {
  return LOADERS[poolType]?.();
}
