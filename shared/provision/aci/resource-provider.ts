import type { Resource } from '../resource.ts';
import { type AciContext, arm } from './context.ts';

const NAMESPACES = ['Microsoft.ContainerInstance', 'Microsoft.ContainerRegistry', 'Microsoft.ManagedIdentity'];
const VERSION = '2021-04-01';
const LOOKS = 60;

/** A subscription must be registered once for each kind of resource it uses. */
export const resourceProviders: Resource<AciContext, readonly string[]> = {
  id: 'resource-providers',
  line: () => `Registering the subscription for ${NAMESPACES.join(', ')}`,
  progress: 'Registering resource providers',
  permissions: ['Microsoft.ContainerInstance/register/action'],
  async find(context) {
    const missing = await unregistered(context);
    return missing.length === 0 ? NAMESPACES : null;
  },
  async create(context) {
    for (const namespace of await unregistered(context)) {
      await arm(context, `${path(context, namespace)}/register?api-version=${VERSION}`, { method: 'POST' });
    }
    for (let look = 0; look < LOOKS && (await unregistered(context)).length > 0; look++) await context.sleep(5);
    return NAMESPACES;
  },
};

async function unregistered(context: AciContext): Promise<string[]> {
  const states = await Promise.all(
    NAMESPACES.map(
      async (name) => (await arm(context, `${path(context, name)}?api-version=${VERSION}`))?.registrationState,
    ),
  );
  return NAMESPACES.filter((_, index) => states[index] !== 'Registered');
}

const path = ({ subscriptionId }: AciContext, namespace: string): string =>
  `/subscriptions/${subscriptionId}/providers/${namespace}`;
