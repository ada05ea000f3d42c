import type { Resource } from '../resource.ts';
import { type AciContext, areOurs, arm, groupPath, locationOf, marks, untilProvisioned } from './context.ts';

export interface ContainerRegistry {
  readonly id: string;
  readonly name: string;
  readonly tags?: Record<string, string>;
  readonly properties: { readonly loginServer: string; readonly provisioningState?: string };
}

const VERSION = '2023-07-01';
const NAME_LENGTH = 50;

/** The first registry whose name has the prefix; names are unique in all of Azure, so a new one gets random digits. */
export const registry: Resource<AciContext, ContainerRegistry> = {
  id: 'registry',
  line: ({ names }) => `Creating an Azure Container Registry with the prefix: ${names['registryPrefix']}`,
  progress: 'Creating Azure Container Registry',
  permissions: ['Microsoft.ContainerRegistry/registries/read', 'Microsoft.ContainerRegistry/registries/write'],
  async find(context) {
    const answer = await arm(
      context,
      `/subscriptions/${context.subscriptionId}/providers/Microsoft.ContainerRegistry/registries?api-version=${VERSION}`,
    );
    return (
      (answer?.value ?? []).find(({ name }: ContainerRegistry) => name.startsWith(context.names['registryPrefix']!)) ??
      null
    );
  },
  async create(context) {
    const name = `${context.names['registryPrefix']}${Date.now()}${Math.random().toString(36).slice(2, 6)}`.slice(
      0,
      NAME_LENGTH,
    );
    const path = `${groupPath(context)}/providers/Microsoft.ContainerRegistry/registries/${name}?api-version=${VERSION}`;
    await arm(context, path, {
      method: 'PUT',
      body: { location: locationOf(context), sku: { name: 'Basic' }, tags: marks(context) },
    });
    return untilProvisioned(
      context,
      `the registry ${name}`,
      () => arm(context, path) as Promise<ContainerRegistry | null>,
    );
  },
  isOurs: (context, found) => areOurs(context, found.tags),
  /** Images are not for a command that removes plumbing. */
  keptBecause: async () => 'it may hold images; delete it in the portal when they are not needed any more',
  async remove() {},
};
