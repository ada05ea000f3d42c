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
  const options = { auth, apiEndpoint: hostname, port: Number(port), protocol: 'http', fallback: true };
  return {
    // biome-ignore lint/suspicious/noExplicitAny: the client's option types lag behind its own fields
    jobs: new v2.JobsClient(options as any),
    // biome-ignore lint/suspicious/noExplicitAny: as above
    executions: new v2.ExecutionsClient(options as any),
    // biome-ignore lint/suspicious/noExplicitAny: as above
    tasks: new v2.TasksClient(options as any),
  };
}

export const PARENT = 'projects/flows-project/locations/us-central1';

export const JOB = {
  launchStage: 'GA' as const,
  template: { template: { containers: [{ image: 'flows:1', env: [{ name: 'A', value: 'b' }] }], maxRetries: 0 } },
};
