import type { Resource } from '../resource.ts';
import { type AciContext, areOurs, arm, groupPath, locationOf, marks } from './context.ts';

export interface ResourceGroup {
  readonly id: string;
  readonly location: string;
  readonly tags?: Record<string, string>;
}

const VERSION = '2021-04-01';

/** Where everything else lies; its removal takes along what is in it. */
export const resourceGroup: Resource<AciContext, ResourceGroup> = {
  id: 'resource-group',
  line: (context) => `Creating a resource group in location ${locationOf(context)}: ${context.names['resourceGroup']}`,
  progress: 'Creating resource group',
  permissions: [
    'Microsoft.Resources/subscriptions/resourceGroups/read',
    'Microsoft.Resources/subscriptions/resourceGroups/write',
  ],
  find: (context) => arm(context, `${groupPath(context)}?api-version=${VERSION}`),
  create: (context) =>
    arm(context, `${groupPath(context)}?api-version=${VERSION}`, {
      method: 'PUT',
      body: { location: context.location, tags: marks(context) },
    }),
  isOurs: (context, found) => areOurs(context, found.tags),
  /** The registry stays for its images, so its group does; so does a group with what somebody else made. */
  async keptBecause(context) {
    const answer = await arm(context, `${groupPath(context)}/resources?api-version=${VERSION}`);
    const kept = (answer?.value ?? []).find(
      (each: { type?: string; tags?: Record<string, string> }) =>
        each.type === 'Microsoft.ContainerRegistry/registries' || !areOurs(context, each.tags),
    );
    return kept ? `it holds ${kept.name}, which is kept` : null;
  },
  async remove(context) {
    await arm(context, `${groupPath(context)}?api-version=${VERSION}`, { method: 'DELETE' });
  },
};
