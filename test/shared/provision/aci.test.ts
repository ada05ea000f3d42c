import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aciProvisioner } from '../../../shared/provision/aci/aci.ts';
import type { AciContext, Federation } from '../../../shared/provision/aci/context.ts';
import { applyPlan } from '../../../shared/provision/apply.ts';
import { applyRemoval, planRemoval } from '../../../shared/provision/deprovision.ts';
import { makePlan, planText } from '../../../shared/provision/plan.ts';
import { type AzureAccount, startAzureAccount } from '../../fakes/azure-account.ts';
import { defaultsOf, type KeptBlocks, keepBlocks, templateOf } from './blocks.ts';
import { comesToOneEnd, THROTTLED_TIMES } from './every-step.ts';
import { minds } from './neighbours.ts';

const SUBSCRIPTION = '00000000-0000-4000-8000-000000000001';
const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/prefect-aci-push-pool-rg`;
const TEMPLATE = templateOf(
  'aci_credentials',
  'resource_group_name',
  'subscription_id',
  'image_registry',
  'identities',
);
const ROLE = 'arn:aws:iam::123456789012:role/pushpool-target-aci';

/** An AWS account that issues tokens once it is told to. */
function awsAccount(): Federation & { enabled: number } {
  return {
    subject: ROLE,
    audience: 'api://AzureADTokenExchange',
    place: 'AWS account 123456789012',
    enabled: 0,
    async issuer() {
      return this.enabled > 0 ? 'https://issuer' : null;
    },
    async enable() {
      this.enabled++;
      return 'https://issuer';
    },
  };
}

let azure: AzureAccount;
let blocks: KeptBlocks;
beforeEach(async () => {
  azure = await startAzureAccount();
  blocks = keepBlocks();
});
afterEach(() => azure.close());

const context = (federation: Federation | null = null): AciContext => ({
  pool: 'my-pool',
  names: Object.fromEntries(aciProvisioner.questions.map(({ key, defaultName }) => [key, defaultName('my-pool')])),
  found: new Map(),
  blocks,
  sleep: async () => {},
  subscriptionId: SUBSCRIPTION,
  subscriptionName: 'Engineering',
  tenantId: 'tenant',
  location: 'eastus',
  token: async (scope) => (scope.startsWith('https://graph') ? 'graph' : 'arm'),
  armUrl: azure.armUrl,
  graphUrl: azure.graphUrl,
  federation,
  trySecret: async (clientId, secret) => azure.signIn(clientId, secret),
});

async function provision(federation: Federation | null = null) {
  const made = context(federation);
  const plan = await makePlan(aciProvisioner, made);
  await applyPlan(aciProvisioner, made, plan);
  return { made, plan };
}

describe('what an Azure Container Instances push pool needs in a subscription', () => {
  it('is planned in the words of the guide, made once and found again', async () => {
    const { made, plan } = await provision();
    const again = await makePlan(aciProvisioner, context());

    expect(planText('my-pool', aciProvisioner.place(made), plan)).toBe(PLAN);
    expect(again.filter(({ action }) => action === 'create')).toEqual([]);
    expect(defaultsOf(aciProvisioner.template(made, TEMPLATE))).toEqual({
      aci_credentials: {
        $ref: { block_document_id: 'azure-container-instance-credentials/my-pool-push-pool-credentials' },
      },
      resource_group_name: 'prefect-aci-push-pool-rg',
      subscription_id: SUBSCRIPTION,
      image_registry: {
        registry_url: expect.stringMatching(/^prefect\d+\w{4}\.azurecr\.io$/),
        identity: `${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/prefect-acr-identity`,
      },
      identities: [`${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/prefect-acr-identity`],
    });
    expect([...blocks.kept.values()]).toEqual([
      { client_id: expect.any(String), tenant_id: 'tenant', client_secret: expect.any(String) },
    ]);
  });

  it('stores no secret when pushpool has an identity that Azure can trust, and lets its AWS account issue tokens', async () => {
    const aws = awsAccount();
    const { plan } = await provision(aws);
    const again = await provision(aws);
    const [application] = [...azure.applications.values()];

    expect(planText('my-pool', 'here', plan)).toContain(
      'Enabling outbound identity federation in AWS account 123456789012',
    );
    expect(again.plan.every(({ action }) => action === 'reuse')).toBe(true);
    expect(aws.enabled).toBe(1);

    expect([...blocks.kept.values()]).toEqual([{ client_id: application!['appId'], tenant_id: 'tenant' }]);
    expect(application).toMatchObject({
      passwords: [],
      federated: [{ issuer: 'https://issuer', subject: ROLE, audiences: ['api://AzureADTokenExchange'] }],
    });
  });

  it('is used where it is there already', async () => {
    await provision();
    azure.recorded.length = 0;

    const { plan } = await provision();

    expect(plan.every(({ action }) => action === 'reuse')).toBe(true);
    expect(azure.recorded.filter((call) => !call.startsWith('GET'))).toEqual([]);
    expect(planText('my-pool', 'here', plan)).toContain('No additional infrastructure required for work pool my-pool.');
  });

  it('waits for a principal that is not known everywhere yet', async () => {
    azure.unknownPrincipals = 3;

    await provision();

    expect([...azure.documents.keys()].filter((path) => path.includes('/roleAssignments/'))).toHaveLength(2);
  });

  it.each([
    ['resource group', /PUT .*resourceGroups\/[^/]+$/i, 'resourceGroups/write'],
    ['app registration', /POST \/applications$/, 'Application Developer'],
    ['role', /roleAssignments/, 'roleAssignments/write'],
    ['Azure Container Registry', /PUT .*registries/, 'registries/write'],
  ])(
    'names the permission that is missing for the %s, and goes on when it is there',
    async (what, denied, permission) => {
      azure.deny = denied;
      const broken = context();
      const plan = await makePlan(aciProvisioner, broken).catch((error: Error) => error);
      const failure =
        plan instanceof Error ? plan : await applyPlan(aciProvisioner, broken, plan).catch((error: Error) => error);

      expect(String(failure)).toContain('AuthorizationFailed');
      if (!(plan instanceof Error)) {
        expect(String(failure)).toContain(permission);
        expect(String(failure)).toContain(what);
      }

      azure.deny = null;
      await provision();
      expect([...azure.applications.values()].map(({ passwords }) => passwords.length)).toEqual([1]);
      expect(
        [...azure.documents.keys()].filter((path) => path.includes('/registries/') && !path.includes('role')),
      ).toHaveLength(1);
    },
  );

  it('removes a secret again that could not be stored', async () => {
    blocks.refused = true;

    await expect(provision()).rejects.toThrow('The server refuses the block');

    expect([...azure.applications.values()][0]?.passwords).toEqual([]);
  });

  it('gets a new secret in place of the old one, and only when Entra ID accepts it', async () => {
    await provision();
    const [application] = [...azure.applications.values()];
    const [old] = application!.passwords;
    azure.unknownSecrets = 2;

    const rotating = { ...context(), rotating: true };
    const plan = await makePlan(aciProvisioner, rotating);
    await applyPlan(aciProvisioner, rotating, plan);

    expect(planText('my-pool', 'here', plan)).toContain(
      'Replacing generated Azure credentials in a block: my-pool-push-pool-credentials',
    );
    expect(application!.passwords).toHaveLength(1);
    expect(application!.passwords).not.toEqual([old]);
    expect(azure.unknownSecrets).toBeLessThanOrEqual(0);
    expect([...blocks.kept.values()]).toMatchObject([{ client_secret: application!.passwords[0]!.secretText }]);
  });

  it('stays as far as another pool uses it', async () => {
    const { made } = await provision();
    const [credentials] = [...blocks.kept.values()];
    const defaults = defaultsOf(aciProvisioner.template(made, TEMPLATE));

    const removedBeside = async (theirs: typeof defaults) => {
      const other = { name: 'other', defaults: theirs, credentials: credentials! };
      const removals = await planRemoval(aciProvisioner, { ...context(), removing: true }, [other]);
      expect(removals.find(({ id }) => id === 'identity')?.why).toBe('work pool other uses it too');
      return removals.filter(({ action }) => action === 'remove').map(({ id }) => id);
    };

    expect(await removedBeside(defaults)).toEqual([]);
    const ownBlock = { $ref: { block_document_id: 'another' } };
    expect(await removedBeside({ ...defaults, aci_credentials: ownBlock })).toEqual(['credentials-block']);
  });

  it('keeps a block that somebody filled in by hand', async () => {
    await provision();
    blocks.kept.set('azure-container-instance-credentials/my-pool-push-pool-credentials', { client_id: 'another' });

    const removals = await planRemoval(aciProvisioner, { ...context(), removing: true });

    expect(removals.find(({ id }) => id === 'credentials-block')).toMatchObject({
      action: 'keep',
      why: 'it holds the credentials of another app registration',
    });
  });

  it('is removed, but for the registry with its images and the group that holds it', async () => {
    await provision();
    azure.documents.set(`${GROUP}/providers/Microsoft.Storage/storageAccounts/somebody`, { name: 'somebody' });

    const removal = { ...context(), removing: true };
    const removals = await planRemoval(aciProvisioner, removal);
    await applyRemoval(aciProvisioner, removal, removals);

    expect(removals.filter(({ action }) => action === 'keep').map(({ id }) => id)).toEqual([
      'registry',
      'resource-group',
      'resource-providers',
    ]);
    expect(azure.applications.size).toBe(0);
    expect(blocks.kept.size).toBe(0);
    expect([...azure.documents.keys()].filter((path) => path.includes('ManagedIdentity'))).toEqual([]);
    expect(azure.documents.has(`${GROUP}/providers/Microsoft.Storage/storageAccounts/somebody`)).toBe(true);
  });
});

/** Documents, applications and blocks, without what is random in them. */
const stateOf = async () => ({
  documents: [...azure.documents.keys()].map((path) => path.replace(/\d+\w{4}(?=\/|$)|[0-9a-f-]{36}/g, '*')).toSorted(),
  applications: [...azure.applications.values()].map(({ displayName, passwords, federated }) => ({
    displayName,
    passwords: passwords.length,
    federated: federated.length,
  })),
  blocks: [...blocks.kept.keys()],
});

describe('an Azure subscription that several pools share', () => {
  minds(
    aciProvisioner,
    async () => ({
      context: (of) => ({ ...context(), ...of }),
      state: stateOf,
      close: async () => {},
    }),
    { timeout: 30_000 },
  );
});

describe('an Azure subscription where something is refused', () => {
  comesToOneEnd(
    aciProvisioner,
    async () => {
      azure = await startAzureAccount();
      blocks = keepBlocks();
      const { faults } = azure;
      return {
        context: (removing = false) => ({ ...context(), removing }),
        changes: faults.changes,
        refuse(index, how) {
          let times = 0;
          faults.refuse = (_, at) =>
            at !== index || times++ >= { denied: Number.POSITIVE_INFINITY, throttled: THROTTLED_TIMES, lost: 1 }[how]
              ? null
              : REFUSALS[how];
        },
        state: stateOf,
        close: azure.close,
      };
    },
    { timeout: 60_000, every: 1, losesAnswers: true },
  );
});

const REFUSALS = {
  lost: 'lost' as const,
  denied: { status: 403, body: { error: { code: 'AuthorizationFailed', message: 'The client has no authorization' } } },
  throttled: {
    status: 429,
    headers: { 'retry-after': '0' },
    body: { error: { code: 'TooManyRequests', message: 'Too many requests' } },
  },
};

const PLAN = `Provisioning infrastructure for your work pool my-pool will require:

  - Registering the subscription for Microsoft.ContainerInstance, Microsoft.ContainerRegistry, Microsoft.ManagedIdentity
  - Creating a resource group in location eastus: prefect-aci-push-pool-rg
  - Creating an app registration for managing container groups: prefect-aci-push-pool-app
  - Creating a service principal for the app registration: prefect-aci-push-pool-app
  - Storing generated Azure credentials in a block: my-pool-push-pool-credentials
  - Assigning the role Contributor to the service principal in the resource group
  - Creating an Azure Container Registry with the prefix: prefect
  - Creating an identity for Azure Container Instances to pull images: prefect-acr-identity
  - Assigning the role AcrPull to the identity in the registry

Where: Azure subscription Engineering (${SUBSCRIPTION}), location eastus`;
