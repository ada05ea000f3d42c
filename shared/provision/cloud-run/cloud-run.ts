import { earlier, type NameQuestion, type Provisioner } from '../resource.ts';
import { blockReference, withDefaults } from '../template.ts';
import { api } from './apis.ts';
import { type CloudRunContext, jobAccount } from './context.ts';
import { credentialsBlock } from './credentials-block.ts';
import { repository } from './repository.ts';
import { logViewer, runDeveloper, serviceAccountUser, workloadIdentityUser } from './role-binding.ts';
import { jobsAccount, submitterAccount } from './service-account.ts';
import { identityPool, identityProvider, projectNumber } from './workload-identity.ts';

const ACCOUNTS = [
  ...[submitterAccount, jobsAccount, runDeveloper, logViewer, serviceAccountUser, workloadIdentityUser].map(
    ({ id }) => id,
  ),
  repository.id,
];

/**
 * Everything a `cloud-run:push` or `cloud-run-v2:push` pool needs in a project, with the default names of Prefect's own
 * provisioner. Plain REST under one token: no `gcloud` is needed.
 */
export const cloudRunProvisioner: Provisioner<CloudRunContext> = {
  place: ({ projectId, region }) => `Google Cloud project ${projectId}, region ${region}`,
  questions: [
    question('serviceAccount', 'the service account', 'prefect-cloud-run', /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/),
    question(
      'jobAccount',
      'the service account that jobs run as',
      'prefect-cloud-run-job',
      /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
    ),
    {
      ...question('block', 'the GCP credentials block', '', /^[a-z0-9-]+$/),
      defaultName: (pool) => `${pool.toLowerCase().replaceAll(/[^a-z0-9-]+/g, '-')}-push-pool-credentials`,
    },
    question('repository', 'the Artifact Registry repository', 'prefect-images', /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/),
  ],
  resources: [
    api('run.googleapis.com', 'Cloud Run API'),
    api('artifactregistry.googleapis.com', 'Artifact Registry API'),
    api('iam.googleapis.com', 'IAM API'),
    api('sts.googleapis.com', 'Security Token Service API'),
    projectNumber,
    repository,
    submitterAccount,
    jobsAccount,
    runDeveloper,
    logViewer,
    serviceAccountUser,
    identityPool,
    identityProvider,
    workloadIdentityUser,
    credentialsBlock,
  ] as never,
  template: (context, template) =>
    withDefaults(template, {
      credentials: blockReference(earlier<{ id: string }>(context, 'credentials-block').id),
      region: context.region,
      service_account_name: jobAccount(context),
    }),
  /** Of another pool only its project shows: whatever submits there may be this account. */
  usedBy: ({ projectId }, { credentials }) => (credentials['project'] === projectId ? ACCOUNTS : []),
  registry(context) {
    const host = `${context.region}-docker.pkg.dev`;
    return {
      namespace: `${host}/${context.projectId}/${context.names['repository']}`,
      image: 'my-image:latest',
      login: async () => ({
        server: `https://${host}`,
        username: 'oauth2accesstoken',
        password: await context.token(),
      }),
      // stays logged in, which the token does not for longer than an hour
      loginCommand: `gcloud auth configure-docker ${host}`,
    };
  },
  notes: () => ['Cloud Run needs images for linux/amd64: build with --platform linux/amd64'],
};

function question(key: string, what: string, defaultName: string, pattern: RegExp): NameQuestion {
  return {
    key,
    prompt: `Please enter a name for ${what}`,
    defaultName: () => defaultName,
    check: (name) => (pattern.test(name) ? null : `"${name}" cannot name ${what}: it must match ${pattern.source}`),
  };
}
