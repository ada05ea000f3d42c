import { runCommandLine } from '../../cli/run.ts';
import { waitUntil } from '../conformance/waiting.ts';
import { clientSettings } from './aws.ts';
import { call, type PrefectClient } from './client.ts';

export const ENDED = ['COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED'];

/** An `ecs:push` pool with its cluster and roles, as `pushpool work-pool create --provision-infra` makes it. */
export async function provisionEcsPool(client: PrefectClient, name: string): Promise<void> {
  const { endpoint, region, credentials } = clientSettings();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  });
  let text = '';
  const sink = {
    write: (part: string) => {
      text += part;
    },
  };
  const args = ['work-pool', 'create', name, '-t', 'ecs:push', '--provision-infra', '--region', region];
  const exitCode = await runCommandLine(args, {
    stdout: sink,
    stderr: sink,
    env: client.env,
    cwd: client.folder,
    signal: new AbortController().signal,
    interactive: false,
  });
  if (exitCode !== 0) throw new Error(text);
}

/** Asks until a flow run is in one of these states. */
export const untilState = (id: string, types: readonly string[], seconds = 150) =>
  waitUntil(
    async () => {
      const { body } = await call('GET', `/flow_runs/${id}`);
      return types.includes(body.state_type) && body;
    },
    { seconds, what: `the flow run to be ${types.join(' or ')}`, everyMilliseconds: 500 },
  );
