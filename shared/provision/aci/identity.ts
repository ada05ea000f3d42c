import type { Resource } from '../resource.ts';
import { type AciContext, areOurs, arm, groupPath, locationOf, marks } from './context.ts';

export interface Identity {
  readonly id: string;
  readonly tags?: Record<string, string>;
  readonly properties: { readonly principalId: string; readonly clientId: string };
}

const VERSION = '2023-01-31';
const path = (context: AciContext): string =>
  `${groupPath(context)}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${context.names['identity']}?api-version=${VERSION}`;

/** With which a container group pulls from the registry. */
export const identity: Resource<AciContext, Identity> = {
  id: 'identity',
  line: ({ names }) => `Creating an identity for Azure Container Instances to pull images: ${names['identity']}`,
  progress: 'Creating identity',
  permissions: [
    'Microsoft.ManagedIdentity/userAssignedIdentities/read',
    'Microsoft.ManagedIdentity/userAssignedIdentities/write',
  ],
  find: (context) => arm(context, path(context)),
  create: (context) =>
    arm(context, path(context), { method: 'PUT', body: { location: locationOf(context), tags: marks(context) } }),
  isOurs: (context, found) => areOurs(context, found.tags),
  async remove(context) {
    await arm(context, path(context), { method: 'DELETE' });
  },
};
