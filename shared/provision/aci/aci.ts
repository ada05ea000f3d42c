import { earlier, type NameQuestion, type Provisioner } from '../resource.ts';
import { blockReference, withDefaults } from '../template.ts';
import { appRegistration } from './app-registration.ts';
import { type AciContext, groupPath, locationOf } from './context.ts';
import { credentialsBlock } from './credentials-block.ts';
import { federatedCredential, tokenIssuer } from './federated-credential.ts';
import { type Identity, identity } from './identity.ts';
import { type ContainerRegistry, registry } from './registry.ts';
import { containerRegistry } from './registry-login.ts';
import { resourceGroup } from './resource-group.ts';
import { resourceProviders } from './resource-provider.ts';
import { roleAssignment } from './role-assignment.ts';
import { servicePrincipal } from './service-principal.ts';
import { usedBy } from './used-by.ts';

const CONTRIBUTOR = { name: 'Contributor', id: 'b24988ac-6180-42a0-ab88-20f7382dd24c' };
const ACR_PULL = { name: 'AcrPull', id: '7f951dda-4ed3-4680-a7ca-43fe172d538d' };

const contributor = roleAssignment({
  id: 'contributor',
  what: 'to the service principal in the resource group',
  role: CONTRIBUTOR,
  scope: groupPath,
  principal: (context) => (context.found.get('service-principal') as { id: string } | undefined)?.id ?? null,
  isOurs: (context) => servicePrincipal.isOurs!(context, earlier(context, 'service-principal')),
});
const pull = roleAssignment({
  id: 'acr-pull',
  what: 'to the identity in the registry',
  role: ACR_PULL,
  scope: (context) => (context.found.get('registry') as ContainerRegistry | undefined)?.id ?? null,
  principal: (context) => (context.found.get('identity') as Identity | undefined)?.properties.principalId ?? null,
  isOurs: (context) => identity.isOurs!(context, earlier(context, 'identity')),
});

/**
 * Everything an `azure-container-instance:push` pool needs in a subscription, with the default names of Prefect's own
 * provisioner. Plain REST under one token: no `az` is needed.
 */
export const aciProvisioner: Provisioner<AciContext> = {
  place: (context) =>
    `Azure subscription ${context.subscriptionName} (${context.subscriptionId}), location ${locationOf(context)}`,
  questions: [
    question('resourceGroup', 'the resource group', 'prefect-aci-push-pool-rg', /^[-\w._()]{0,89}[-\w_()]$/),
    question('app', 'the app registration', 'prefect-aci-push-pool-app', /^.{1,120}$/),
    question('registryPrefix', 'the Azure Container Registry prefix', 'prefect', /^[a-z0-9]{3,33}$/),
    question('identity', 'the identity (used for ACR access)', 'prefect-acr-identity', /^[A-Za-z0-9][\w-]{2,127}$/),
    {
      ...question('block', 'the ACI credentials block', '', /^[a-z0-9-]+$/),
      defaultName: (pool) => `${pool.toLowerCase().replaceAll(/[^a-z0-9-]+/g, '-')}-push-pool-credentials`,
    },
  ],
  resources: [
    resourceProviders,
    resourceGroup,
    appRegistration,
    servicePrincipal,
    tokenIssuer,
    federatedCredential,
    credentialsBlock,
    contributor,
    registry,
    identity,
    pull,
  ] as never,
  template: (context, template) => {
    const { properties } = earlier<ContainerRegistry>(context, 'registry');
    const { id } = earlier<Identity>(context, 'identity');
    return withDefaults(template, {
      aci_credentials: blockReference(earlier<{ id: string }>(context, 'credentials-block').id),
      resource_group_name: context.names['resourceGroup'],
      subscription_id: context.subscriptionId,
      image_registry: { registry_url: properties.loginServer, identity: id },
      identities: [id],
    });
  },
  usedBy,
  registry: containerRegistry,
  // container groups run where their resource group is, so the rest is made there too
  warnings: (context) => {
    const there = locationOf(context);
    if (!context.locationChosen || plainLocation(there) === plainLocation(context.location)) return [];
    return [
      `The resource group ${context.names['resourceGroup']} is in ${there}, so everything is made and run there, and not in ${context.location}. For ${context.location} choose another resource group: a file for --names with {"resourceGroup": "…"}.`,
    ];
  },
};

/** "West Europe" is "westeurope". */
const plainLocation = (location: string): string => location.toLowerCase().replaceAll(' ', '');

function question(key: string, what: string, defaultName: string, pattern: RegExp): NameQuestion {
  return {
    key,
    prompt: `Please enter a name for ${what}`,
    defaultName: () => defaultName,
    check: (name) => (pattern.test(name) ? null : `"${name}" cannot name ${what}: it must match ${pattern.source}`),
  };
}
