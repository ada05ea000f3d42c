import type { Resource } from '../resource.ts';
import { type CloudRunContext, google } from './context.ts';

export const POOL_ID = 'pushpool';
/** One for each AWS account: several homes may submit to one project. */
export const providerId = ({ awsRole }: CloudRunContext): string => `aws-${awsRole!.accountId}`;
/** Google's own mapping for AWS: roles without the name of the session. */
const ATTRIBUTES = {
  'google.subject': 'assertion.arn',
  'attribute.aws_role':
    "assertion.arn.contains('assumed-role') ? assertion.arn.extract('{account_arn}assumed-role/') + 'assumed-role/' + assertion.arn.extract('assumed-role/{role_name}/') : assertion.arn",
};
const LOOKS = 60;

/** Google's number of the project, which names of identity pools contain. Read, never made. */
export const projectNumber: Resource<CloudRunContext, string> = {
  id: 'project-number',
  applies: ({ awsRole }) => awsRole !== null,
  line: () => null,
  progress: 'Reading the project',
  permissions: ['resourcemanager.projects.get'],
  async find(context) {
    const found = await google(context, 'cloudresourcemanager', `/v1/projects/${context.projectId}`);
    return found?.projectNumber ?? null;
  },
  async create(context) {
    throw new Error(`The project ${context.projectId} does not exist`);
  },
};

const pools = ({ projectId }: CloudRunContext): string =>
  `/v1/projects/${projectId}/locations/global/workloadIdentityPools`;

/** Keyless: Google takes the signature of an AWS role as proof of who calls. */
export const identityPool: Resource<CloudRunContext, { readonly state?: string }> = {
  id: 'workload-identity-pool',
  applies: ({ awsRole }) => awsRole !== null,
  line: () => `Creating a workload identity pool, so that no key is stored: ${POOL_ID}`,
  progress: 'Creating workload identity pool',
  permissions: ['iam.workloadIdentityPools.get', 'iam.workloadIdentityPools.create'],
  find: (context) => live(context, `${pools(context)}/${POOL_ID}`),
  async create(context) {
    await google(context, 'iam', `${pools(context)}?workloadIdentityPoolId=${POOL_ID}`, {
      method: 'POST',
      body: { displayName: 'pushpool', description: 'AWS roles of pushpool' },
    });
    return untilThere(context, 'the workload identity pool', () => this.find(context));
  },
};

export const identityProvider: Resource<CloudRunContext, { readonly state?: string }> = {
  id: 'workload-identity-provider',
  applies: ({ awsRole }) => awsRole !== null,
  line: ({ awsRole }) => `Creating a provider in it for the AWS account ${awsRole!.accountId}`,
  progress: 'Creating workload identity provider',
  permissions: ['iam.workloadIdentityPoolProviders.get', 'iam.workloadIdentityPoolProviders.create'],
  find: (context) => live(context, `${pools(context)}/${POOL_ID}/providers/${providerId(context)}`),
  async create(context) {
    await google(
      context,
      'iam',
      `${pools(context)}/${POOL_ID}/providers?workloadIdentityPoolProviderId=${providerId(context)}`,
      {
        method: 'POST',
        body: { displayName: 'AWS', aws: { accountId: context.awsRole!.accountId }, attributeMapping: ATTRIBUTES },
      },
    );
    return untilThere(context, 'the provider', () => this.find(context));
  },
};

/** A deleted pool or provider is shown for 30 days; its name is then not free. */
async function live(context: CloudRunContext, path: string): Promise<{ state?: string } | null> {
  const found = await google(context, 'iam', path);
  if (found?.state === 'DELETED') {
    throw new Error(
      `${path.split('/').at(-1)} was deleted and can be restored for 30 days: undelete it in the console`,
    );
  }
  return found;
}

async function untilThere<Found>(
  context: CloudRunContext,
  what: string,
  look: () => Promise<Found | null>,
): Promise<Found> {
  for (let attempt = 1; attempt <= LOOKS; attempt++) {
    const found = await look();
    if (found) return found;
    await context.sleep(2);
  }
  throw new Error(`Google has not made ${what} after 2 minutes`);
}
