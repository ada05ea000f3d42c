import type { OpenAccount } from '../context.ts';

/** By type of work pool; each loads its cloud's libraries at first use. */
export const ACCOUNTS: Readonly<Record<string, OpenAccount>> = {
  'ecs:push': async (...given) => (await import('./ecs-account.ts')).openEcsAccount(...given),
  'azure-container-instance:push': async (...given) => (await import('./aci-account.ts')).openAciAccount(...given),
  'cloud-run:push': async (...given) => (await import('./cloud-run-account.ts')).openCloudRunAccount(...given),
  'cloud-run-v2:push': async (...given) => (await import('./cloud-run-account.ts')).openCloudRunAccount(...given),
  'modal:push': async (...given) => (await import('./modal-account.ts')).openModalAccount(...given),
};
