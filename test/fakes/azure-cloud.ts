import { FakeAci } from './aci/aci.ts';
import { type AzureAccount, startAzureAccount } from './azure-account.ts';
import { startFront } from './front.ts';

/** The person whose login provisioning uses. */
export const PERSON = { tenant: '11111111-1111-4111-8111-111111111111', clientId: 'person', secret: 'of a person' };

/** Azure as a whole under one address: sign-in, subscription and directory, container groups. */
export interface AzureCloud {
  readonly url: string;
  readonly aci: FakeAci;
  readonly account: AzureAccount;
  close(): Promise<void>;
}

/** Only apps of the directory may sign in: with a secret they have, or with a token that a federated credential of theirs names. */
export async function startAzureCloud(): Promise<AzureCloud> {
  const aci = await new FakeAci(() => new Date()).listen();
  const account = await startAzureAccount((token) => aci.entra.knows(token));
  aci.entra.apps.splice(0, aci.entra.apps.length, PERSON);
  aci.entra.directory = (clientId) => {
    const app = [...account.applications.values()].find(({ appId }) => appId === clientId);
    const trusted = app?.federated[0] as { subject: string; audiences: string[] } | undefined;
    return (
      app && {
        ...{ tenant: PERSON.tenant, clientId, secret: '', secrets: app.passwords.map(({ secretText }) => secretText) },
        ...(trusted && { federated: { subject: trusted.subject, audience: trusted.audiences[0]! } }),
      }
    );
  };
  const front = await startFront((path) => {
    for (const [key, { location }] of account.documents) {
      const name = /\/resourceGroups\/([^/]+)$/.exec(key)?.[1];
      if (name) aci.resourceGroups.set(name.toLowerCase(), String(location));
    }
    if (path.startsWith('/v1.0/')) return `${account.graphUrl}${path.slice('/v1.0'.length)}`;
    if (path === '/oauth2/exchange') return `${account.armUrl}${path}`;
    const ofAci =
      /oauth2|openid|discovery|Microsoft\.ContainerInstance\/(containerGroups|locations)|\/resourcegroups\/[^/]+\?/;
    return ofAci.test(path) && !isMade(path) ? `${aci.url}${path}` : `${account.armUrl}${path}`;
  });
  return {
    ...{ url: front.url, aci, account },
    async close() {
      await Promise.all([front.close(), account.close(), aci.close()]);
    },
  };
}

/** The group as provisioning writes its path; the client of container groups writes it in small letters. */
const isMade = (path: string): boolean => /\/resourceGroups\/[^/]+\?/.test(path);
