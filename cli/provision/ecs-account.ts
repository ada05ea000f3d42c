import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { ecsClients } from '../../shared/provision/ecs/clients.ts';
import type { EcsContext } from '../../shared/provision/ecs/context.ts';
import { ecsProvisioner } from '../../shared/provision/ecs/ecs.ts';
import type { OpenAccount } from '../context.ts';
import { Failure, UsageError } from '../errors.ts';
import { homeRole } from './home-role.ts';
import { onThisMachine } from './on-this-machine.ts';

/** The account of the AWS credentials that any AWS tool would find: environment, profile, SSO, role. */
export const openEcsAccount: OpenAccount = async (context, options) => {
  const region = options.region ?? (await defaultRegion());
  const accountId = await whoAmI(region);
  const withKey = options.withKey ?? options.rotateKey ?? false;
  const role = withKey ? null : await homeRole(context, options, 'EcsRoleArn');
  // A local home submits with what it finds on its own machine.
  if (!withKey && !role && !onThisMachine(context.apiUrl())) context.out.warn(elsewhere(accountId));
  return {
    provisioner: ecsProvisioner,
    context: (base): EcsContext => ({
      ...base,
      accountId,
      region,
      withKey,
      foreignRole: role && role.accountId !== accountId ? role.arn : null,
      private: options.private ?? false,
      ...ecsClients({ region }),
      async tryKey(credentials) {
        await new STSClient({ region, credentials }).send(new GetCallerIdentityCommand({}));
      },
    }),
  };
};

const elsewhere = (accountId: string): string =>
  `The role that pushpool submits runs under was not found in the AWS account ${accountId}. If pushpool is in another account, give --aws-role (the output EcsRoleArn of its stack) or --with-key; else its own role is used.`;

async function defaultRegion(): Promise<string> {
  try {
    return await new STSClient({}).config.region();
  } catch {
    // The SDK says only that a region is missing.
    throw new UsageError('No AWS region is set. Give --region, set AWS_REGION, or run `aws configure`.');
  }
}

async function whoAmI(region: string): Promise<string> {
  try {
    const { Account } = await new STSClient({ region }).send(new GetCallerIdentityCommand({}));
    return Account!;
  } catch (cause) {
    const { name, message } = cause as Error;
    throw new Failure(
      `AWS does not accept the credentials (${name}: ${message}). Log in with \`aws configure\` or \`aws sso login\`, or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`,
      { cause },
    );
  }
}
