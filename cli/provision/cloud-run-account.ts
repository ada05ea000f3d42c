import { GoogleAuth } from 'google-auth-library';
import { cloudRunProvisioner } from '../../shared/provision/cloud-run/cloud-run.ts';
import type { CloudRunContext } from '../../shared/provision/cloud-run/context.ts';
import { redirect } from '../../shared/targets/cloud-run/redirect.ts';
import type { OpenAccount } from '../context.ts';
import { Failure, UsageError } from '../errors.ts';
import { gcloudProperty } from './gcloud-config.ts';
import { homeRole, NO_ROLE } from './home-role.ts';

const DEFAULT_REGION = 'us-central1';
const SCOPES = 'https://www.googleapis.com/auth/cloud-platform';

/** The project of Google's application default credentials. */
export const openCloudRunAccount: OpenAccount = async (context, options) => {
  const { env } = context;
  const apiUrl = env['PUSHPOOL_GOOGLE_ENDPOINT'];
  const signIn = async (auth: GoogleAuth): Promise<string> => {
    const client = await auth.getClient();
    if (apiUrl) redirect(client, apiUrl);
    return (await client.getAccessToken()).token!;
  };
  const auth = new GoogleAuth({ scopes: SCOPES });
  const token = () => signIn(auth);
  await withoutWarnings(token).catch(notLoggedIn);
  const projectId = options.project ?? (await auth.getProjectId().catch(noProject));
  const awsRole = options.withKey || options.rotateKey ? null : await homeRole(context, options, 'CloudRunRoleArn');
  if (!options.withKey && !awsRole) context.out.note(NO_ROLE);
  return {
    provisioner: cloudRunProvisioner,
    context: (base): CloudRunContext => ({
      ...base,
      projectId,
      region: options.region ?? gcloudProperty(env, 'run', 'region') ?? DEFAULT_REGION,
      token,
      awsRole,
      ...(apiUrl && { apiUrl }),
      async tryKey(key) {
        await signIn(new GoogleAuth({ scopes: SCOPES, credentials: key }));
      },
    }),
  };
};

/** Google's library warns on its own of a metadata server that it looked for in vain; what that means is said by us. */
async function withoutWarnings<Result>(work: () => Promise<Result>): Promise<Result> {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return await work();
  } finally {
    process.emitWarning = emitWarning;
  }
}

function notLoggedIn(cause: Error): never {
  const first = cause.message.split('\n')[0]!.replace(/\.? Browse to .*/, '');
  throw new Failure(
    `Google Cloud does not know who you are (${first}). Log in with \`gcloud auth application-default login\`, or set GOOGLE_APPLICATION_CREDENTIALS.`,
    { cause },
  );
}

function noProject(): never {
  throw new UsageError('No Google Cloud project is set. Give --project, or set GOOGLE_CLOUD_PROJECT.');
}
