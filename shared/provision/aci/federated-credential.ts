import { createHash } from 'node:crypto';
import { earlier, type Resource } from '../resource.ts';
import type { AppRegistration } from './app-registration.ts';
import { type AciContext, graph } from './context.ts';

interface FederatedCredential {
  readonly name: string;
  readonly issuer: string;
  readonly subject: string;
}

const NAME = /^pushpool-[0-9a-f]{12}$/;
/** One app registration may trust several homes: each has a name of its own. */
const nameFor = (issuer: string, subject: string): string =>
  `pushpool-${createHash('sha256').update(`${issuer} ${subject}`).digest('hex').slice(0, 12)}`;
const path = (app: AppRegistration, name = ''): string =>
  `/applications/${app.id}/federatedIdentityCredentials${name && `/${name}`}`;

/** The AWS account that pushpool runs in must issue tokens; it does so once that is switched on, and costs nothing. */
export const tokenIssuer: Resource<AciContext, string> = {
  id: 'token-issuer',
  applies: ({ federation, removing = false }) => federation !== null && !removing,
  line: ({ federation }) => `Enabling outbound identity federation in ${federation!.place}`,
  progress: 'Enabling outbound identity federation',
  permissions: ['iam:GetOutboundWebIdentityFederationInfo', 'iam:EnableOutboundWebIdentityFederation'],
  find: ({ federation }) => federation!.issuer(),
  create: ({ federation }) => federation!.enable(),
};

/** Keyless: the app registration trusts the identity that pushpool presents. */
export const federatedCredential: Resource<AciContext, FederatedCredential> = {
  id: 'federated-credential',
  applies: ({ federation, removing = false }) => federation !== null || removing,
  line: ({ federation }) =>
    `Creating a federated credential, so that no secret is stored${federation ? `, for: ${federation.subject}` : ''}`,
  progress: 'Creating federated credential',
  permissions: ['Application.ReadWrite.OwnedBy (role Application Developer)'],
  async find(context) {
    const app = context.found.get('app-registration') as AppRegistration | undefined;
    if (!app) return null;
    const { value = [] }: { value?: FederatedCredential[] } = (await graph(context, path(app))) ?? {};
    const issuer = context.found.get('token-issuer');
    const isMeant = (each: FederatedCredential) =>
      context.removing ? NAME.test(each.name) : each.issuer === issuer && each.subject === context.federation?.subject;
    return value.find(isMeant) ?? null;
  },
  create(context) {
    const issuer = earlier<string>(context, 'token-issuer');
    const { subject, audience } = context.federation!;
    return graph(context, path(earlier<AppRegistration>(context, 'app-registration')), {
      method: 'POST',
      body: { name: nameFor(issuer, subject), issuer, subject, audiences: [audience] },
    });
  },
  isOurs: (_, { name }) => NAME.test(name),
  async remove(context, { name }) {
    const app = context.found.get('app-registration') as AppRegistration;
    await graph(context, path(app, name), { method: 'DELETE' });
  },
};
