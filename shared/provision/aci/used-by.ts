import { isJsonObject } from '../../domain/json/json.ts';
import type { OtherPool } from '../resource.ts';
import type { AppRegistration } from './app-registration.ts';
import type { AciContext } from './context.ts';
import type { Identity } from './identity.ts';
import type { ContainerRegistry } from './registry.ts';

/** What of this pool's infrastructure another pool uses, as its template and its credentials block show. */
export function usedBy(context: AciContext, { defaults, credentials }: OtherPool): readonly string[] {
  const found = <Found>(id: string) => context.found.get(id) as Found | undefined;
  const used: string[] = [];
  const app = found<AppRegistration>('app-registration');
  if (app && credentials['client_id'] === app.appId) {
    used.push('app-registration', 'service-principal', 'federated-credential', 'contributor');
  }
  const inGroup =
    defaults['resource_group_name'] === context.names['resourceGroup'] &&
    defaults['subscription_id'] === context.subscriptionId;
  if (inGroup) used.push('resource-group');
  const registry = found<ContainerRegistry>('registry');
  const theirs = isJsonObject(defaults['image_registry']) ? defaults['image_registry'] : {};
  if (registry && theirs['registry_url'] === registry.properties.loginServer) used.push('registry');
  const identity = found<Identity>('identity');
  const identities = Array.isArray(defaults['identities']) ? defaults['identities'] : [];
  if (identity && [...identities, theirs['identity']].includes(identity.id)) used.push('identity', 'acr-pull');
  return used;
}
