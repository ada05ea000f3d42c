import { GoogleAuth } from 'google-auth-library';
import { cloudRunProvisioner } from '../../shared/provision/cloud-run/cloud-run.ts';
import type { AwsRole, CloudRunContext } from '../../shared/provision/cloud-run/context.ts';
import type { OpenAccount } from '../context.ts';
import { Failure, UsageError } from '../errors.ts';

const DEFAULT_REGION = 'us-central1';
const ROLE_ARN = /^arn:aws[\w-]*:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/;

/** The project of Google's application default credentials. */
export const openCloudRunAccount: OpenAccount = async (_, options) => {
  const auth = new GoogleAuth({ scopes: 'https://www.googleapis.com/auth/cloud-platform' });
  const awsRole = options.awsRole === undefined ? null : readRole(options.awsRole);
  const token = async (): Promise<string> => (await auth.getAccessToken())!;
  await token().catch(notLoggedIn);
  const projectId = options.project ?? (await auth.getProjectId().catch(noProject));
  return {
    provisioner: cloudRunProvisioner,
    context: (base): CloudRunContext => ({
      ...base,
      projectId,
      region: options.region ?? DEFAULT_REGION,
      token,
      awsRole,
    }),
  };
};

function readRole(arn: string): AwsRole {
  const [, accountId, roleName] = ROLE_ARN.exec(arn) ?? [];
  if (accountId && roleName) return { accountId, roleName };
  throw new UsageError(`--aws-role takes the ARN of a role, arn:aws:iam::ACCOUNT:role/NAME; "${arn}" is none.`);
}

function notLoggedIn(cause: Error): never {
  throw new Failure(
    `Google Cloud does not know who you are (${cause.message.split('\n')[0]}). Log in with \`gcloud auth application-default login\`, or set GOOGLE_APPLICATION_CREDENTIALS.`,
    { cause },
  );
}

function noProject(): never {
  throw new UsageError('No Google Cloud project is set. Give --project, or set GOOGLE_CLOUD_PROJECT.');
}
