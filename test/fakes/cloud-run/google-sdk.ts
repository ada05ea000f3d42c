import { v2 } from '@google-cloud/run';
import { GoogleAuth } from 'google-auth-library';
import type { FakeCloudRun } from './cloud-run.ts';

/** Google's own client in REST mode, signed in with a service account's key, pointed at the fake. */
export function googleClients(cloud: FakeCloudRun) {
  const { hostname, port } = new URL(cloud.url);
  const auth = new GoogleAuth({
    credentials: cloud.identity.serviceAccountKey(),
    scopes: ['https://www.googleapis.com/auth/cloud-platform'],
  });
  // the type of the options lags behind the client's own fields
  const options = {
    ...{ auth, apiEndpoint: hostname, port: Number(port), protocol: 'http', fallback: true },
  } as unknown as NonNullable<ConstructorParameters<typeof v2.JobsClient>[0]>;
  return {
    jobs: new v2.JobsClient(options),
    executions: new v2.ExecutionsClient(options),
    tasks: new v2.TasksClient(options),
  };
}

export const PARENT = 'projects/flows-project/locations/us-central1';

export const JOB = {
  launchStage: 'GA' as const,
  template: { template: { containers: [{ image: 'flows:1', env: [{ name: 'A', value: 'b' }] }], maxRetries: 0 } },
};
