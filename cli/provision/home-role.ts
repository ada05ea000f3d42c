import { hasAwsLogin } from '../aws-login.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import type { ProvisionOptions } from './options.ts';

/** A role of AWS. */
export interface AwsRole {
  readonly arn: string;
  readonly accountId: string;
  readonly roleName: string;
}

const ROLE_ARN = /^arn:aws[\w-]*:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/;

/** Throws `UsageError` for what is no ARN of a role. */
export function readRole(arn: string): AwsRole {
  const [, accountId, roleName] = ROLE_ARN.exec(arn) ?? [];
  if (accountId && roleName) return { arn, accountId, roleName };
  throw new UsageError(`--aws-role takes the ARN of a role, arn:aws:iam::ACCOUNT:role/NAME; "${arn}" is none.`);
}

/**
 * The role that pushpool submits this cloud's runs under: of --aws-role, else of the outputs of the stack behind the API's address. Null
 * where there is none to be found, with a note that says why a key is stored then.
 */
export async function homeRole(
  context: Context,
  options: ProvisionOptions,
  output: 'EcsRoleArn' | 'AciRoleArn' | 'CloudRunRoleArn',
): Promise<AwsRole | null> {
  if (options.awsRole !== undefined) return readRole(options.awsRole);
  const found = await roleOfStack(context, options.stack ?? 'pushpool', output);
  return typeof found === 'string' ? readRole(found) : null;
}

/** Whose stack it is, is told by its address: another home's role would be of no use. */
async function roleOfStack(context: Context, stack: string, output: string): Promise<string | null> {
  if (!hasAwsLogin(context.env)) return null;
  const { stackOutputs } = await import('../stack-outputs.ts');
  const outputs = await stackOutputs(stack).catch(() => null);
  const address = outputs?.get('ApiUrl')?.replace(/\/+$/, '');
  return address === context.apiUrl() ? (outputs?.get(output) ?? null) : null;
}

/** What to do about a key that is stored only because no role was found. */
export const NO_ROLE =
  'A key is stored, as no role of pushpool in AWS was found. Without one: AWS credentials of the account that its stack is in (--stack names it), or --aws-role ARN.';
