import type { CloudEndpoints } from '../../../infra/local/cloud-targets.ts';
import type { CommandLine } from '../../cli/command-line.ts';
import { environmentOf } from '../../fakes/aci/group.ts';
import { startAwsCloud } from '../../fakes/aws-cloud.ts';
import { PERSON, startAzureCloud } from '../../fakes/azure-cloud.ts';
import { FakeCloudRun } from '../../fakes/cloud-run/cloud-run.ts';
import { startGoogleCloud } from '../../fakes/google-cloud.ts';
import { TOKEN } from '../../fakes/modal/cloud.ts';
import { FakeModal } from '../../fakes/modal/modal.ts';

/** A whole cloud that plays the part of the real one, for a page of the guide. */
export interface CloudOfPage {
  /** Where a local home finds it. */
  readonly endpoints: CloudEndpoints;
  /** The login that the page's prerequisites ask for: variables of this process, as the clouds' own libraries read them. */
  login(cli: CommandLine): Readonly<Record<string, string>>;
  /** What a client did that the cloud does not know. */
  violations(): readonly string[];
  /** What is still there of what provisioning makes, but for what may hold images, and its group. */
  left(): Promise<readonly string[]> | readonly string[];
  /** How many containers there ever were. */
  containers(): number;
  close(): Promise<void> | void;
}

/** Reports of itself as Prefect's engine does, with the token that the container was given. */
async function runs(env: Readonly<Record<string, string>>): Promise<void> {
  const authorization = `Basic ${Buffer.from(env['PREFECT_API_AUTH_STRING'] ?? '').toString('base64')}`;
  const post = (path: string, body: unknown) =>
    fetch(`${env['PREFECT_API_URL']}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify(body),
    });
  const id = env['PREFECT__FLOW_RUN_ID'];
  const state = (type: string) => post(`/flow_runs/${id}/set_state`, { state: { type } });
  await state('RUNNING');
  const line = { name: 'prefect.flow_runs', level: 20, timestamp: new Date().toISOString(), flow_run_id: id };
  await post('/logs/', [{ ...line, message: 'Hello from a container' }]);
  await state('COMPLETED');
}

async function aws(): Promise<CloudOfPage> {
  const cloud = await startAwsCloud(['prefect-ecs-cluster']);
  const { ecs, moto } = cloud;
  ecs.startupSeconds = 0;
  ecs.onRun = ({ name, env }) => void runs(env).then(() => ecs.end(name, { kind: 'exit', code: 0 }));
  return {
    endpoints: { aws: cloud.url },
    login: (cli) => ({
      ...{ AWS_ENDPOINT_URL: cloud.url, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
      ...{
        AWS_REGION: 'eu-central-1',
        AWS_CONFIG_FILE: `${cli.folder}/none`,
        AWS_SHARED_CREDENTIALS_FILE: `${cli.folder}/none`,
      },
    }),
    violations: () => [],
    // what was made and not removed, by the calls that did it
    left() {
      const count = (call: string) => moto.front.changes.filter((change) => change === call).length;
      return [
        'iam:%Role',
        'ecs:%Cluster',
        'ec2:%SecurityGroup',
        'ecr:%Repository',
        'iam:%User',
        'iam:%AccessKey',
      ].filter((call) => count(call.replace('%', 'Create')) !== count(call.replace('%', 'Delete')));
    },
    containers: () => ecs.calls('RunTask').length,
    close: () => cloud.close(),
  };
}

async function azure(): Promise<CloudOfPage> {
  const cloud = await startAzureCloud();
  cloud.aci.startSeconds = 0;
  cloud.aci.onCreate = (group) => void runs(environmentOf(group)).then(() => cloud.aci.exit(group.name, 0));
  return {
    endpoints: { azure: cloud.url },
    login: () => ({
      PUSHPOOL_AZURE_ENDPOINT: cloud.url,
      AZURE_TENANT_ID: PERSON.tenant,
      AZURE_CLIENT_ID: PERSON.clientId,
      AZURE_CLIENT_SECRET: PERSON.secret,
    }),
    violations: () => cloud.aci.violations,
    left: () =>
      [...cloud.account.documents.keys(), ...cloud.account.applications.keys()].filter(
        (path) => !/\/resourceGroups\/[^/]+(\/providers\/Microsoft.ContainerRegistry\/registries\/[^/]+)?$/.test(path),
      ),
    containers: () => cloud.aci.everMade.length,
    close: () => cloud.close(),
  };
}

async function google(): Promise<CloudOfPage> {
  const cloud = await startGoogleCloud();
  const { run } = cloud;
  run.startSeconds = 0;
  run.readySeconds = 0;
  run.onExecution = (made) =>
    void runs(FakeCloudRun.environment(made)).then(() => run.exit(made.job.id, { exitCode: 0 }));
  return {
    endpoints: { google: cloud.url },
    login: (cli) => ({
      PUSHPOOL_GOOGLE_ENDPOINT: cloud.url,
      GOOGLE_APPLICATION_CREDENTIALS: cli.write('person.json', cloud.personsKey()),
    }),
    violations: () => run.violations,
    left: () =>
      [...cloud.account.documents.keys(), ...cloud.account.keys].filter((path) => !path.includes('/repositories/')),
    containers: () => run.everMade.length,
    close: () => cloud.close(),
  };
}

async function modal(): Promise<CloudOfPage> {
  const cloud = await FakeModal.start(() => new Date());
  const { sandboxes } = cloud.account;
  sandboxes.startAfterSeconds = 0;
  sandboxes.onCreated = (sandbox) =>
    void runs(sandbox.env).then(() => sandboxes.end(sandbox, { status: 'GENERIC_STATUS_SUCCESS', exitcode: 0 }));
  return {
    endpoints: { modal: cloud.url },
    login: () => ({ MODAL_TOKEN_ID: TOKEN.token_id, MODAL_TOKEN_SECRET: TOKEN.token_secret }),
    violations: () => cloud.violations,
    left: () => [],
    containers: () => sandboxes.all.length,
    close: () => cloud.close(),
  };
}

/** By page. */
export const CLOUDS: Readonly<Record<string, () => Promise<CloudOfPage>>> = {
  'docs/guide/aws.md': aws,
  'docs/guide/azure.md': azure,
  'docs/guide/google-cloud.md': google,
  'docs/guide/modal.md': modal,
};
