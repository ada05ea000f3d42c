import { DefaultAzureCredential } from '@azure/identity';
import { aciProvisioner } from '../../shared/provision/aci/aci.ts';
import { type AciContext, ARM } from '../../shared/provision/aci/context.ts';
import { rest } from '../../shared/provision/rest.ts';
import { choose } from '../ask.ts';
import type { Context, OpenAccount } from '../context.ts';
import { Failure, UsageError } from '../errors.ts';

const DEFAULT_LOCATION = 'eastus';

interface Subscription {
  readonly subscriptionId: string;
  readonly displayName: string;
  readonly tenantId: string;
}

/** The subscription of whoever is logged in: environment, managed identity, `az login`, Visual Studio Code. */
export const openAciAccount: OpenAccount = async (context, options) => {
  const credential = new DefaultAzureCredential();
  const token = async (scope: string): Promise<string> => (await credential.getToken(scope)).token;
  const subscription = await subscriptionFor(context, await subscriptions(token), options.subscription);
  return {
    provisioner: aciProvisioner,
    context: (base): AciContext => ({
      ...base,
      subscriptionId: subscription.subscriptionId,
      subscriptionName: subscription.displayName,
      tenantId: subscription.tenantId,
      location: options.location ?? DEFAULT_LOCATION,
      token,
      federation: null,
    }),
  };
};

async function subscriptions(token: (scope: string) => Promise<string>): Promise<readonly Subscription[]> {
  try {
    const call = { token: () => token(`${ARM}/.default`) };
    return (await rest(`${ARM}/subscriptions?api-version=2022-12-01`, call))?.value ?? [];
  } catch (cause) {
    const first = String((cause as Error).message).split('\n')[0];
    throw new Failure(
      `Azure does not know who you are (${first}). Log in with \`az login\`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.`,
      { cause },
    );
  }
}

async function subscriptionFor(
  context: Context,
  known: readonly Subscription[],
  given: string | undefined,
): Promise<Subscription> {
  const [first, ...others] = known;
  if (!first) throw new Failure('No Azure subscription is yours to use. Log in to another account with `az login`.');
  if (given !== undefined) {
    const found = known.find(({ subscriptionId, displayName }) => given === subscriptionId || given === displayName);
    if (found) return found;
    const names = known.map(({ displayName, subscriptionId }) => `${displayName} (${subscriptionId})`).join(', ');
    throw new UsageError(`There is no Azure subscription "${given}". Yours are: ${names}.`);
  }
  if (others.length === 0 || !context.interactive) return first;
  const choices = known.map((each) => ({ name: each.displayName, value: each, description: each.subscriptionId }));
  return choose(context, 'Which Azure subscription?', choices, '--subscription');
}
