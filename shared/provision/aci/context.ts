import type { ProvisionContext } from '../resource.ts';
import { type RestOptions, rest } from '../rest.ts';

/** What provisioning Azure Container Instances works with: one subscription and location. */
export interface AciContext extends ProvisionContext {
  readonly subscriptionId: string;
  readonly subscriptionName: string;
  readonly tenantId: string;
  readonly location: string;
  /** Somebody chose the location, instead of the default. */
  readonly locationChosen?: boolean;
  /** A token for ARM or Graph, e.g. of `@azure/identity`'s DefaultAzureCredential. */
  readonly token: (scope: string) => Promise<string>;
  /** @default https://management.azure.com */
  readonly armUrl?: string;
  /** @default https://graph.microsoft.com/v1.0 */
  readonly graphUrl?: string;
  /** The identity that pushpool itself presents, for keyless pools; null stores a client secret, as Prefect does. */
  readonly federation: Federation | null;
  /** Rejects while Entra ID does not accept the secret, which takes some seconds after it was made. */
  readonly trySecret: (clientId: string, secret: string) => Promise<void>;
}

/** Who the app registration trusts: whoever shows a token with this subject and audience of the issuer that an AWS account has. */
export interface Federation {
  /** ARN of the role that pushpool runs under. */
  readonly subject: string;
  readonly audience: string;
  /** "AWS account 123456789012" */
  readonly place: string;
  /** The address of the account's issuer of tokens; null while it has none. */
  readonly issuer: () => Promise<string | null>;
  /** Makes the account issue tokens; the issuer's address. May be called twice. */
  readonly enable: () => Promise<string>;
}

export const ARM = 'https://management.azure.com';
export const GRAPH = 'https://graph.microsoft.com/v1.0';

type Call = Omit<RestOptions, 'token'>;

export const arm = (context: AciContext, path: string, call: Call = {}) =>
  rest(`${context.armUrl ?? ARM}${path}`, { ...call, token: () => context.token(`${ARM}/.default`) });

export const graph = (context: AciContext, path: string, call: Call = {}) =>
  rest(`${context.graphUrl ?? GRAPH}${path}`, {
    ...call,
    token: () => context.token('https://graph.microsoft.com/.default'),
  });

export const groupPath = ({ subscriptionId, names }: AciContext): string =>
  `/subscriptions/${subscriptionId}/resourceGroups/${names['resourceGroup']}`;

/** What pushpool makes carries these tags; only what carries them is ever removed. */
export const marks = (context: AciContext) => ({ 'pushpool-managed': 'true', 'pushpool-pool': context.pool });

export const areOurs = (context: AciContext, tags: Record<string, string> | undefined): boolean =>
  tags?.['pushpool-managed'] === 'true' && tags['pushpool-pool'] === context.pool;

const LOOKS = 60;
const SECONDS_BETWEEN = 5;

/** Where things are made: with the resource group when there is one, else where it is to be. */
export const locationOf = (context: AciContext): string =>
  (context.found.get('resource-group') as { location: string } | undefined)?.location ?? context.location;

/** Looks until ARM says that the thing is made. Throws with its state when that fails or takes over five minutes. */
export async function untilProvisioned<Found extends { properties?: { provisioningState?: string } }>(
  context: AciContext,
  what: string,
  look: () => Promise<Found | null>,
): Promise<Found> {
  for (let attempt = 1; attempt <= LOOKS; attempt++) {
    const found = await look();
    const state = found?.properties?.provisioningState ?? (found ? 'Succeeded' : 'Creating');
    if (found && state === 'Succeeded') return found;
    if (state === 'Failed' || state === 'Canceled') throw new Error(`Azure could not make ${what}: ${state}`);
    await context.sleep(SECONDS_BETWEEN);
  }
  throw new Error(`Azure has not finished making ${what} after ${(LOOKS * SECONDS_BETWEEN) / 60} minutes`);
}
