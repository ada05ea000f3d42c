import { earlier, type Resource } from '../resource.ts';
import type { AppRegistration } from './app-registration.ts';
import { type AciContext, graph } from './context.ts';

const BLOCK_TYPE = 'azure-container-instance-credentials';
const FEDERATED_NAME = 'pushpool';

/** Keyless: the app registration trusts the identity that pushpool presents. */
export const federatedCredential: Resource<AciContext, { readonly subject: string }> = {
  id: 'federated-credential',
  applies: ({ federation }) => federation !== null,
  line: ({ federation }) => `Creating a federated credential, so that no secret is stored, for: ${federation!.subject}`,
  progress: 'Creating federated credential',
  permissions: ['Application.ReadWrite.OwnedBy (role Application Developer)'],
  async find(context) {
    const app = context.found.get('app-registration') as AppRegistration | undefined;
    if (!app) return null;
    const { value = [] } = (await graph(context, `/applications/${app.id}/federatedIdentityCredentials`)) ?? {};
    const { issuer, subject } = context.federation!;
    return (
      value.find((each: { issuer: string; subject: string }) => each.issuer === issuer && each.subject === subject) ??
      null
    );
  },
  create(context) {
    const { issuer, subject, audience } = context.federation!;
    const { id } = earlier<AppRegistration>(context, 'app-registration');
    const body = { name: FEDERATED_NAME, issuer, subject, audiences: [audience] };
    return graph(context, `/applications/${id}/federatedIdentityCredentials`, { method: 'POST', body });
  },
};

/** The application's id, and its secret unless it is federated, in a block of the pool. A secret that could not be stored is removed. */
export const credentialsBlock: Resource<AciContext, { readonly id: string }> = {
  id: 'credentials-block',
  line: ({ names, federation }) =>
    `Storing ${federation ? 'the credentials, without a secret,' : 'generated Azure credentials'} in a block: ${names['block']}`,
  progress: 'Creating ACI credentials block',
  permissions: ['Application.ReadWrite.OwnedBy (role Application Developer)'],
  find: ({ blocks, names }) => blocks.find(BLOCK_TYPE, names['block']!),
  async create(context) {
    const { id, appId } = earlier<AppRegistration>(context, 'app-registration');
    const base = { client_id: appId, tenant_id: context.tenantId };
    if (context.federation) return context.blocks.create(BLOCK_TYPE, context.names['block']!, base);
    const secret = await graph(context, `/applications/${id}/addPassword`, {
      method: 'POST',
      body: { passwordCredential: { displayName: `pushpool ${context.pool}` } },
    });
    try {
      const data = { ...base, client_secret: secret.secretText };
      return await context.blocks.create(BLOCK_TYPE, context.names['block']!, data);
    } catch (error) {
      await graph(context, `/applications/${id}/removePassword`, { method: 'POST', body: { keyId: secret.keyId } });
      throw error;
    }
  },
  isOurs: () => true,
  remove: (context, { id }) => context.blocks.remove(id),
};
