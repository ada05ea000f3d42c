import type { Resource } from '../resource.ts';
import { type CloudRunContext, google, jobAccount, mark, submitter } from './context.ts';

export interface ServiceAccount {
  readonly name: string;
  readonly email: string;
  readonly description?: string;
}

interface Options {
  readonly id: string;
  readonly line: string;
  readonly nameKey: 'serviceAccount' | 'jobAccount';
  readonly displayName: string;
}

const emailOf = (context: CloudRunContext, key: Options['nameKey']): string =>
  key === 'jobAccount' ? jobAccount(context) : submitter(context);

function serviceAccount({ id, line, nameKey, displayName }: Options): Resource<CloudRunContext, ServiceAccount> {
  const accounts = ({ projectId }: CloudRunContext): string => `/v1/projects/${projectId}/serviceAccounts`;
  return {
    id,
    line: ({ names }) => `${line}: ${names[nameKey]}`,
    progress: 'Creating service account',
    permissions: ['iam.serviceAccounts.get', 'iam.serviceAccounts.create'],
    find: (context) => google(context, 'iam', `${accounts(context)}/${emailOf(context, nameKey)}`),
    create: (context) =>
      google(context, 'iam', accounts(context), {
        method: 'POST',
        body: {
          accountId: context.names[nameKey],
          serviceAccount: { displayName, description: mark(context) },
        },
      }),
    isOurs: (context, { description }) => description === mark(context),
    async remove(context) {
      await google(context, 'iam', `${accounts(context)}/${emailOf(context, nameKey)}`, { method: 'DELETE' });
    },
  };
}

/** Who submits the jobs. */
export const submitterAccount = serviceAccount({
  id: 'service-account',
  line: 'Creating a service account for managing Cloud Run jobs',
  nameKey: 'serviceAccount',
  displayName: 'Prefect Cloud Run Service Account',
});

/** What a job runs as. It has no role: a flow may do only what you grant to it. */
export const jobsAccount = serviceAccount({
  id: 'job-account',
  line: 'Creating a service account without roles, for jobs to run as',
  nameKey: 'jobAccount',
  displayName: 'Prefect flow runs',
});
