import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CLOUD_CLIENTS, ensureVenv } from '../../../infra/local/python-venv.ts';
import type { JsonObject } from '../../../shared/domain/json/json.ts';
import { createAciTarget } from '../../../shared/targets/aci/target.ts';
import { createCloudRunTarget } from '../../../shared/targets/cloud-run/target.ts';
import { attempt, jobOfPool, RUN_ID, templateOf } from '../../shared/targets/job-of-pool.ts';
import { testApp } from '../../test-app.ts';
import { FakeAci } from '../aci/aci.ts';
import { aciVariables } from '../aci/aci-under-test.ts';
import type { Group } from '../aci/group.ts';
import { FakeCloudRun } from '../cloud-run/cloud-run.ts';
import { cloudRunVariables } from '../cloud-run/cloud-run-under-test.ts';
import { FakeEcs } from '../ecs/ecs-cloud.ts';
import type { Body } from '../ecs/strict.ts';
import { FakeModal } from '../modal/modal.ts';
import { differences } from './differences.ts';

/**
 * The fakes under clients that are not ours, outside the everyday suite: boto3, Azure's and Modal's Python SDKs, Google's through
 * Prefect's Cloud Run worker, and Prefect's ECS and Azure workers. The workers' requests for a job are the golden ones: ours for the
 * same job are compared with them field by field.
 *
 *     node test/fakes/clients/check.ts [--python PYTHON]
 *
 * Makes an environment with the clients, once; `--python` takes one that has them.
 */
const given = process.argv.indexOf('--python');
const python = given > 0 ? process.argv[given + 1]! : join(await ensureVenv(CLOUD_CLIENTS), 'python');
const folder = mkdtempSync(join(tmpdir(), 'pushpool-clients-'));
const run = promisify(execFile);
const script = (name: string, ...args: string[]) =>
  run(python, [join(import.meta.dirname, name), ...args], {
    timeout: 180_000,
    env: { ...process.env, PREFECT_HOME: folder },
  });

function jobFile(poolType: string, variables: JsonObject): string {
  const path = join(folder, `${poolType.replace(':', '-')}.json`);
  const { flowId, flowName, flowRunName, workPoolName } = attempt().run;
  const ids = { flow_id: RUN_ID, work_pool_id: RUN_ID, flow_run_id: RUN_ID };
  const names = { flow_name: flowName, flow_run_name: flowRunName, work_pool_name: workPoolName, our_flow: flowId };
  writeFileSync(path, JSON.stringify({ template: templateOf(poolType), variables, ...ids, ...names }));
  return path;
}

async function boto3(): Promise<void> {
  const fake = await new FakeEcs(() => new Date()).start();
  try {
    await script('ecs_boto3.py', fake.url);
  } finally {
    await fake.close();
  }
}

async function ecsWorker(): Promise<void> {
  const fake = await new FakeEcs(() => new Date()).start();
  const home = await testApp();
  try {
    const { auto_deregister_task_definition: _, ...place } = fake.jobVariables;
    const variables = { ...place, image: 'flows:1', cpu: 512, memory: 1024, labels: { team: 'x' }, env: { A: 'b' } };
    await script('ecs_worker.py', fake.url, jobFile('ecs:push', variables));
    const theirs = { definition: fake.calls('RegisterTaskDefinition')[0], task: fake.calls('RunTask')[0] };
    await fake.target(home.app, (_label, work) => work()).submit(jobOfPool('ecs:push', variables), attempt());
    const ours = {
      definition: fake.calls('RegisterTaskDefinition')[1] ?? theirs.definition,
      task: fake.calls('RunTask')[1],
    };
    expectSame('ECS', differences(plainEcs(theirs), plainEcs(ours)), ECS_DIFFERS);
  } finally {
    await home.close();
    await fake.close();
  }
}

/** Lists by name, as their order says nothing. */
function plainEcs({ definition, task }: { definition: Body | undefined; task: Body | undefined }): JsonObject {
  const text = JSON.stringify({ definition, task: { ...task } });
  const copy = JSON.parse(text);
  const byName = (list: { name: string }[] = []) => Object.fromEntries(list.map((item) => [item.name, item]));
  for (const override of copy.task.overrides.containerOverrides) override.environment = byName(override.environment);
  copy.task.tags = Object.fromEntries((copy.task.tags ?? []).map(({ key, value }: Body) => [key, value]));
  copy.task.networkConfiguration?.awsvpcConfiguration?.subnets?.sort();
  return copy;
}

/** What differs on purpose, by path. */
const ECS_DIFFERS: readonly RegExp[] = [
  /^task\.(clientToken|startedBy|count|taskDefinition)/, // exactly once; theirs may start two
  /^task\.enableECSManagedTags/,
  /^task\.tags\.(pushpool:attempt|prefect\.io\/)/,
  /^task\.overrides\.containerOverrides\.0\.(environment\.PREFECT|command)/, // the run's token; the launcher
  /^definition\.containerDefinitions\.0\.logConfiguration/, // on as soon as there is an execution role
  /^definition\.family/,
];

async function cloudRunWorker(): Promise<void> {
  const fake = await new FakeCloudRun(() => new Date()).listen();
  fake.readySeconds = 0;
  fake.startSeconds = 0;
  fake.onExecution = ({ job }) => setTimeout(() => fake.exit(job.id, { exitCode: 0 }), 500);
  try {
    const variables = {
      ...cloudRunVariables(fake),
      image: 'flows:1',
      memory: '1Gi',
      env: { A: 'b' },
      labels: { team: 'x' },
    };
    await script('cloud_run_worker.py', fake.url, jobFile('cloud-run-v2:push', variables));
    await createCloudRunTarget({ endpoint: fake.url }).submit(jobOfPool('cloud-run-v2:push', variables), attempt());
    const [theirs, ours] = fake.everMade.map(({ job }) => plainCloudRun(job.spec));
    expectSame('Cloud Run', differences(theirs!, ours!), CLOUD_RUN_DIFFERS);
    if (fake.violations.length > 0) throw new Error(fake.violations.join('\n'));
  } finally {
    await fake.close();
  }
}

/** Google's Node client spells out what proto3 leaves out: empty texts, zeros, false. */
function plainCloudRun(spec: unknown): JsonObject {
  const isDefault = (value: unknown) => /^(""|0|"0"|false|\{\}|"[A-Z_]+_UNSPECIFIED")$/.test(JSON.stringify(value));
  const copy = JSON.parse(JSON.stringify(spec), (_key, value) => (isDefault(value) ? undefined : value));
  const [container] = copy.template.template.containers;
  container.env = Object.fromEntries((container.env ?? []).map((item: { name: string }) => [item.name, item]));
  return copy;
}

const CLOUD_RUN_DIFFERS: readonly RegExp[] = [
  /^(template\.)?labels\.(pushpool|prefect-io)/,
  /^template\.template\.containers\.0\.(env\.PREFECT|command|args)/,
];

async function azureSdk(): Promise<void> {
  const fake = await new FakeAci(() => new Date()).listen();
  fake.startSeconds = 1;
  try {
    await script('aci_sdk.py', fake.url, fake.entra.apps[0]!.tenant, [...fake.entra.subscriptions][0]!);
    if (fake.violations.length > 0) throw new Error(fake.violations.join('\n'));
  } finally {
    await fake.close();
  }
}

async function azureWorker(): Promise<void> {
  const fake = await new FakeAci(() => new Date()).listen();
  fake.startSeconds = 0;
  fake.graceSeconds = 1;
  fake.onCreate = ({ name }) => setTimeout(() => fake.exit(name, 0), 1000);
  try {
    const variables = { ...aciVariables(fake), image: 'flows:1', cpu: 2, memory: 4, env: { A: 'b' } };
    const poolType = 'azure-container-instance:push';
    await script('aci_worker.py', fake.url, jobFile(poolType, variables));
    if (fake.groups.size > 0) throw new Error('The worker has left its container group.');
    await createAciTarget({ endpoint: fake.url }).submit(jobOfPool(poolType, variables), attempt());
    const [theirs, ours] = fake.everMade.map((group) => plainAci(group));
    expectSame('Azure', differences(theirs!, ours!), ACI_DIFFERS);
    if (fake.violations.length > 0) throw new Error(fake.violations.join('\n'));
  } finally {
    await fake.close();
  }
}

function plainAci({ name, spec }: Group): JsonObject {
  const copy = JSON.parse(JSON.stringify({ name, ...spec }));
  const [container] = copy.properties.containers;
  const { environmentVariables } = container.properties;
  container.properties.environmentVariables = Object.fromEntries(
    environmentVariables.map((item: { name: string }) => [item.name, item]),
  );
  return copy;
}

const ACI_DIFFERS: readonly RegExp[] = [
  /^properties\.containers\.0\.name/, // the group's own name, where theirs is whatever Azure's template function gives
  /^properties\.containers\.0\.properties\.environmentVariables\.PREFECT/, // the run's token; the worker's own settings
  /^tags/, // by which containers without a run are found; theirs have none
];

async function modalSdk(): Promise<void> {
  const fake = await FakeModal.start();
  try {
    await script('modal_sdk.py', fake.url);
    if (fake.violations.length > 0) throw new Error(fake.violations.join('\n'));
  } finally {
    fake.close();
  }
}

function expectSame(cloud: string, found: readonly string[], allowed: readonly RegExp[]): void {
  const wrong = found.filter((line) => !allowed.some((pattern) => pattern.test(line)));
  if (wrong.length > 0) throw new Error(`Prefect's worker asks ${cloud} for something else:\n${wrong.join('\n')}`);
}

const CHECKS = { boto3, ecsWorker, cloudRunWorker, azureSdk, azureWorker, modalSdk };
for (const [name, check] of Object.entries(CHECKS)) {
  try {
    await check();
    console.log(`ok: ${name}`);
  } catch (error) {
    const { message, stderr = '' } = error as Error & { stderr?: string };
    console.log(`failed: ${name}: ${message}\n${stderr.split('\n').slice(-15).join('\n')}`);
    process.exitCode = 1;
  }
}
rmSync(folder, { recursive: true, force: true });
