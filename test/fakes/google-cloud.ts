import { FakeCloudRun } from './cloud-run/cloud-run.ts';
import { startFront } from './front.ts';
import { type GoogleAccount, startGoogleAccount } from './google-account.ts';

/** The person whose login provisioning uses: a service account's key, as GOOGLE_APPLICATION_CREDENTIALS names it. */
export const PERSON = 'person@my-project.iam.gserviceaccount.com';

/** Google Cloud as a whole under one address: sign-in, project and accounts, jobs. */
export interface GoogleCloud {
  readonly url: string;
  readonly run: FakeCloudRun;
  readonly account: GoogleAccount;
  /** The key file of the person. */
  personsKey(): string;
  close(): Promise<void>;
}

/** `roles`: the AWS role behind each access key. Whoever is not made, or not trusted, in the project may not sign in. */
export async function startGoogleCloud(roles: Readonly<Record<string, string>> = {}): Promise<GoogleCloud> {
  const run = await new FakeCloudRun(() => new Date()).listen();
  const { identity } = run;
  const account = await startGoogleAccount('my-project', {
    admits: (token) => identity.knows(token),
    keyOf: (email, id) => ({ ...identity.serviceAccountKey(), private_key_id: id, client_email: email }),
  });
  identity.projects.clear();
  identity.projects.add('my-project');
  // Google's library names the key in tokens that it signs for APIs, not in those that it exchanges.
  identity.mayBe = (email, keyId) =>
    email === PERSON || [...account.keys].some((key) => key.startsWith(`${accountPath(email)}/keys/${keyId}`));
  identity.roleOf = (accessKey) => roles[accessKey] ?? null;
  identity.isProvider = (audience) => account.documents.has(`/v1/${providerPath(audience)}`);
  identity.mayImpersonate = (email, role) =>
    (account.policies.get(accountPath(email))?.bindings ?? []).some(
      (binding) =>
        binding.role === 'roles/iam.workloadIdentityUser' &&
        binding.members.some((member) => member.endsWith(`/attribute.aws_role/${role}`)),
    );
  const front = await startFront((path) => {
    const ofRun = /^\/(token|v1\/token|v2\/)|:generateAccessToken/;
    return ofRun.test(path) ? `${run.url}${path}` : `${account.url}${path}`;
  });
  return {
    ...{ url: front.url, run, account },
    personsKey: () =>
      JSON.stringify({ ...identity.serviceAccountKey(), client_email: PERSON, project_id: 'my-project' }),
    async close() {
      await Promise.all([front.close(), account.close(), run.close()]);
    },
  };
}

const accountPath = (email: string): string => `/v1/projects/my-project/serviceAccounts/${email}`;

/** Audiences have the number of the project, documents its id. */
const providerPath = (audience: string): string =>
  audience.replace('//iam.googleapis.com/', '').replace('projects/4711/', 'projects/my-project/');
