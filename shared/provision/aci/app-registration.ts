import type { Resource } from '../resource.ts';
import { type AciContext, graph } from './context.ts';

/** An application of Entra; `id` is the object, `appId` what clients call `client_id`. */
export interface AppRegistration {
  readonly id: string;
  readonly appId: string;
  readonly tags?: readonly string[];
  readonly passwordCredentials?: readonly { readonly keyId: string; readonly displayName?: string }[];
}

/** Who submits the runs. */
export const appRegistration: Resource<AciContext, AppRegistration> = {
  id: 'app-registration',
  line: ({ names }) => `Creating an app registration for managing container groups: ${names['app']}`,
  progress: 'Creating app registration',
  permissions: ['Application.ReadWrite.OwnedBy (role Application Developer)'],
  async find(context) {
    const filter = encodeURIComponent(`displayName eq '${context.names['app']!.replaceAll("'", "''")}'`);
    return (await graph(context, `/applications?$filter=${filter}`))?.value?.[0] ?? null;
  },
  create: (context) =>
    graph(context, '/applications', {
      method: 'POST',
      body: {
        displayName: context.names['app'],
        signInAudience: 'AzureADMyOrg',
        tags: ['pushpool-managed', `pushpool-pool:${context.pool}`],
      },
    }),
  isOurs: (context, { tags = [] }) =>
    tags.includes('pushpool-managed') && tags.includes(`pushpool-pool:${context.pool}`),
  async remove(context, { id }) {
    await graph(context, `/applications/${id}`, { method: 'DELETE' });
  },
};
