import {
  EnableOutboundWebIdentityFederationCommand,
  GetOutboundWebIdentityFederationInfoCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import { ClientSecretCredential, DefaultAzureCredential } from '@azure/identity';
import { aciProvisioner } from '../../shared/provision/aci/aci.ts';
import { type AciContext, ARM, type Federation } from '../../shared/provision/aci/context.ts';
import { rest } from '../../shared/provision/rest.ts';
import { ENTRA_AUDIENCE } from '../../shared/targets/aci/audience.ts';
import { redirect } from '../../shared/targets/aci/redirect.ts';
import { choose } from '../ask.ts';
import type { Context, OpenAccount } from '../context.ts';
import { Failure, UsageError } from '../errors.ts';
import { type AwsRole, homeRole, NO_ROLE } from './home-role.ts';

const DEFAULT_LOCATION = 'eastus';

interface Subscription {
  readonly subscriptionId: string;
  readonly displayName: string;
  readonly tenantId: string;
}

/** The subscription of whoever is logged in: environment, managed identity, `az login`, Visual Studio Code. */
export const openAciAccount: OpenAccount = async (context, options) => {
  const endpoint = context.env['PUSHPOOL_AZURE_ENDPOINT'];
  const common = endpoint
    ? { additionalPolicies: [{ policy: redirect(endpoint), position: 'perRetry' as const }] }
    : {};
  const credential = new DefaultAzureCredential(common);
  const token = async (scope: string): Promise<string> => (await credential.getToken(scope)).token;
  const arm = endpoint ?? ARM;
  const subscription = await subscriptionFor(context, await subscriptions(arm, token), options.subscription);
  const role = options.withKey || options.rotateKey ? null : await homeRole(context, options, 'AciRoleArn');
  if (!options.withKey && !role) context.out.note(NO_ROLE);
  return {
    provisioner: aciProvisioner,
    context: (base): AciContext => ({
      ...base,
      subscriptionId: subscription.subscriptionId,
      subscriptionName: subscription.displayName,
      tenantId: subscription.tenantId,
      location: options.location ?? DEFAULT_LOCATION,
      locationChosen: options.location !== undefined,
      token,
      ...(endpoint && { armUrl: endpoint, graphUrl: `${endpoint}/v1.0` }),
      federation: role && federationOf(role),
      async trySecret(clientId, secret) {
        await new ClientSecretCredential(subscription.tenantId, clientId, secret, common).getToken(`${ARM}/.default`);
      },
    }),
  };
};

/** The tokens that AWS gives to the role; its account must have been told to issue such tokens. */
function federationOf({ arn, accountId }: AwsRole): Federation {
  const iam = new IAMClient({});
  return {
    subject: arn,
    audience: ENTRA_AUDIENCE,
    place: `AWS account ${accountId}`,
    async issuer() {
      const { JwtVendingEnabled, IssuerIdentifier } = await iam
        .send(new GetOutboundWebIdentityFederationInfoCommand({}))
        .catch((error) => unlessDisabled(error, accountId));
      return JwtVendingEnabled ? (IssuerIdentifier ?? null) : null;
    },
    async enable() {
      await iam.send(new EnableOutboundWebIdentityFederationCommand({})).catch(unlessEnabled);
      return (await this.issuer())!;
    },
  };
}

function unlessDisabled(error: Error, accountId: string): { JwtVendingEnabled?: boolean; IssuerIdentifier?: string } {
  if (error.name.startsWith('FeatureDisabled')) return {};
  throw new Failure(
    `The AWS account ${accountId} could not be asked who issues its tokens (${error.name}: ${error.message}). Log in to it, or give --with-key to store a secret`,
    { cause: error },
  );
}

function unlessEnabled(error: Error): void {
  if (!error.name.startsWith('FeatureEnabled')) throw error;
}

async function subscriptions(arm: string, token: (scope: string) => Promise<string>): Promise<readonly Subscription[]> {
  try {
    const call = { token: () => token(`${ARM}/.default`) };
    return (await rest(`${arm}/subscriptions?api-version=2022-12-01`, call))?.value ?? [];
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
