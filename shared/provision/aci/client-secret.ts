import { untilAccepted } from '../until-accepted.ts';
import type { AppRegistration } from './app-registration.ts';
import { type AciContext, graph } from './context.ts';

type Credential = NonNullable<AppRegistration['passwordCredentials']>[number];

/** A new secret of the app registration, which Entra ID accepts already. Its name says whose it is. */
export async function addSecret(context: AciContext): Promise<{ keyId: string; text: string; name: string }> {
  const { id, appId } = context.found.get('app-registration') as AppRegistration;
  const name = `pushpool ${context.pool}`;
  const { keyId, secretText } = await graph(context, `/applications/${id}/addPassword`, {
    method: 'POST',
    body: { passwordCredential: { displayName: name } },
  });
  await untilAccepted(context, () => context.trySecret(appId, secretText)).catch(async (error) => {
    await removeSecrets(context, (each) => each.keyId === keyId);
    throw error;
  });
  return { keyId, text: secretText, name };
}

/** Removes the secrets that are meant. Safe to repeat, also when the app registration is gone. */
export async function removeSecrets(context: AciContext, meant: (credential: Credential) => boolean): Promise<void> {
  const app = context.found.get('app-registration') as AppRegistration | undefined;
  const now: AppRegistration | null = app ? await graph(context, `/applications/${app.id}`) : null;
  for (const each of now?.passwordCredentials ?? []) {
    if (!meant(each)) continue;
    await graph(context, `/applications/${now!.id}/removePassword`, { method: 'POST', body: { keyId: each.keyId } });
  }
}
