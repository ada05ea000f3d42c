import { earlier, type Resource, type StoredBlock } from '../resource.ts';
import type { AppRegistration } from './app-registration.ts';
import { addSecret, removeSecrets } from './client-secret.ts';
import type { AciContext } from './context.ts';

const BLOCK_TYPE = 'azure-container-instance-credentials';

/** The application's id, and its secret unless it is federated, in a block of the pool. A secret that could not be stored is removed. */
export const credentialsBlock: Resource<AciContext, StoredBlock> = {
  id: 'credentials-block',
  line: ({ names, federation }) =>
    `Storing ${federation ? 'the credentials, without a secret,' : 'generated Azure credentials'} in a block: ${names['block']}`,
  progress: 'Creating ACI credentials block',
  permissions: ['Application.ReadWrite.OwnedBy (role Application Developer)'],
  find: ({ blocks, names }) => blocks.find(BLOCK_TYPE, names['block']!),
  async create(context) {
    const { appId } = earlier<AppRegistration>(context, 'app-registration');
    const base = { client_id: appId, tenant_id: context.tenantId };
    const store = (data: typeof base & { client_secret?: string }) =>
      context.blocks.create(BLOCK_TYPE, context.names['block']!, data);
    if (context.federation) return store(base);
    const secret = await addSecret(context);
    try {
      const stored = await store({ ...base, client_secret: secret.text });
      await removeOlder(context, secret);
      return stored;
    } catch (error) {
      await removeSecrets(context, ({ keyId }) => keyId === secret.keyId);
      throw error;
    }
  },
  hasKey: (_, { data }) => Boolean(data['client_secret']),
  async rotate(context, block) {
    const secret = await addSecret(context);
    const stored = await context.blocks.update(block, { client_secret: secret.text }).catch(async (error) => {
      await removeSecrets(context, ({ keyId }) => keyId === secret.keyId);
      throw error;
    });
    await removeOlder(context, secret);
    return stored;
  },
  isOurs: () => true,
  /** A block that somebody filled in by hand may have the name; what is in it tells. */
  async keptBecause(context, { data }) {
    const app = context.found.get('app-registration') as AppRegistration | undefined;
    return app && data['client_id'] === app.appId ? null : 'it holds the credentials of another app registration';
  },
  /** Its secret goes with it. */
  async remove(context, { id }) {
    await removeSecrets(context, ({ displayName }) => displayName === `pushpool ${context.pool}`);
    await context.blocks.remove(id);
  },
};

/** Secrets of the pool that nothing holds any more: the one before, and any whose answer was lost. */
const removeOlder = (context: AciContext, { keyId, name }: { keyId: string; name: string }): Promise<void> =>
  removeSecrets(context, (each) => each.displayName === name && each.keyId !== keyId);
