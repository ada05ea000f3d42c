import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Home, startHome } from '../../../infra/local/home.ts';
import { FakeAci } from '../../fakes/aci/aci.ts';
import { FakeCloudRun } from '../../fakes/cloud-run/cloud-run.ts';
import { call } from './push-pool.ts';

interface Started {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
}
interface Cloud {
  readonly poolType: string;
  readonly block: { readonly type: string; readonly variable: string; readonly data: () => unknown };
  readonly variables: () => object;
  readonly functionName: string;
  readonly open: (onStart: (container: Started) => void) => Promise<object>;
  readonly exit: (name: string, code: number) => void;
  readonly print: (name: string, text: string) => void;
  readonly made: () => number;
  readonly close: () => Promise<string[]>;
}

let aci: FakeAci;
let google: FakeCloudRun;
const CLOUDS: readonly Cloud[] = [
  {
    poolType: 'azure-container-instance:push',
    functionName: 'target-aci',
    block: {
      type: 'azure-container-instance-credentials',
      variable: 'aci_credentials',
      data: () => ({ tenant_id: aci.entra.apps[0]!.tenant, client_id: 'app', client_secret: 'right' }),
    },
    variables: () => ({ resource_group_name: 'flows', subscription_id: [...aci.entra.subscriptions][0] }),
    async open(onStart) {
      aci = await new FakeAci(() => new Date()).listen();
      aci.startSeconds = 0;
      aci.graceSeconds = 1;
      aci.onCreate = (group) => onStart({ name: group.name, env: FakeAci.environment(group) });
      return { azure: aci.url };
    },
    exit: (name, code) => aci.exit(name, code),
    print: (name, text) => aci.print(name, text),
    made: () => aci.everMade.length,
    async close() {
      await aci.close();
      return aci.violations;
    },
  },
  {
    poolType: 'cloud-run-v2:push',
    functionName: 'target-cloud-run',
    block: {
      type: 'gcp-credentials',
      variable: 'credentials',
      data: () => ({ service_account_info: google.identity.serviceAccountKey() }),
    },
    variables: () => ({ region: 'us-central1' }),
    async open(onStart) {
      google = await new FakeCloudRun(() => new Date()).listen();
      google.startSeconds = 0;
      google.graceSeconds = 1;
      google.onExecution = (made) => onStart({ name: made.job.id, env: FakeCloudRun.environment(made) });
      return { google: google.url };
    },
    exit: (name, code) => google.exit(name, { exitCode: code }),
    print: (name, text) => google.print(name, text),
    made: () => google.everMade.length,
    async close() {
      await google.close();
      return google.violations;
    },
  },
];

describe.each(CLOUDS)('a run of a $poolType pool in the local home', (cloud) => {
  let home: Home;
  let deploymentId: string;
  const started = new Map<string, Started>();
  const dataFolder = mkdtempSync(join(tmpdir(), 'pushpool-clouds-'));
  beforeAll(async () => {
    const endpoints = await cloud.open((container) =>
      started.set(container.env['PREFECT__FLOW_RUN_ID'] ?? '', container),
    );
    home = await startHome({ dataFolder, port: 0, endpoints });
    const type = await get(`/block_types/slug/${cloud.block.type}`);
    const [schema] = await post('/block_schemas/filter', { block_schemas: { block_type_id: { any_: [type.id] } } });
    const block = await post('/block_documents/', {
      ...{ name: 'cloud', data: cloud.block.data(), block_type_id: type.id, block_schema_id: schema.id },
    });
    const types = await get('/collections/views/aggregate-worker-metadata');
    const base = types.pushpool[cloud.poolType].default_base_job_configuration;
    base.variables.properties[cloud.block.variable].default = { $ref: { block_document_id: block.id } };
    await post('/work_pools/', { name: 'cloud', type: cloud.poolType, base_job_template: base });
    const flow = await post('/flows/', { name: 'flow' });
    const deployment = await post('/deployments/', {
      ...{
        name: 'd',
        flow_id: flow.id,
        work_pool_name: 'cloud',
        entrypoint: 'f.py:f',
        job_variables: cloud.variables(),
      },
    });
    deploymentId = deployment.id;
  });
  afterAll(async () => {
    await home.close();
    rmSync(dataFolder, { recursive: true, force: true });
    expect(await cloud.close()).toEqual([]);
  });

  async function post(path: string, body: unknown, container?: Started) {
    const token = container?.env['PREFECT_API_AUTH_STRING'] ?? '';
    const answer = container
      ? await fetch(home.apiUrl + path, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            authorization: `Basic ${Buffer.from(token).toString('base64')}`,
          },
          body: JSON.stringify(body),
        }).then(async (given) => ({ status: given.status, body: await given.json() }))
      : await call(home.apiUrl, 'POST', path, body);
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    // biome-ignore lint/suspicious/noExplicitAny: answers are whatever JSON the API sends
    return answer.body as any;
  }
  const get = async (path: string) => (await call(home.apiUrl, 'GET', path)).body;
  async function until<T>(look: () => Promise<T | null | undefined>): Promise<T> {
    for (let times = 0; times < 600; times++) {
      const seen = await look();
      if (seen) return seen;
      await new Promise((done) => setTimeout(done, 50));
    }
    throw new Error('Not within 30 s.');
  }
  /** A run whose container exists and whose pid the run shows. */
  async function pushed(): Promise<{ id: string; container: Started }> {
    const { id } = await post(`/deployments/${deploymentId}/create_flow_run`, {});
    await until(async () => (await get(`/flow_runs/${id}`)).infrastructure_pid);
    return { id, container: started.get(id)! };
  }
  const state = (id: string, type: string) =>
    until(async () => {
      const run = await get(`/flow_runs/${id}`);
      return run.state_type === type ? run.state : null;
    });
  const look = (id: string) =>
    home.functions
      .invoke(cloud.functionName, {
        step: 'finish',
        input: { contract: 1, flow_run_id: id, attempt: 1, generation: 1 },
      })
      .catch(() => null);

  it('is one container that speaks for itself', async () => {
    const before = cloud.made();
    const { id, container } = await pushed();

    await post(`/flow_runs/${id}/set_state`, { state: { type: 'RUNNING' } }, container);
    await post(`/flow_runs/${id}/set_state`, { state: { type: 'COMPLETED' } }, container);
    cloud.exit(container.name, 0);

    expect((await state(id, 'COMPLETED')).type).toBe('COMPLETED');
    expect(cloud.made() - before).toBe(1);
  });

  it('crashes with exit code and last lines when its container ends without a word', async () => {
    const { id, container } = await pushed();
    await post(`/flow_runs/${id}/set_state`, { state: { type: 'RUNNING' } }, container);
    cloud.print(container.name, 'no such module: pandas');
    cloud.exit(container.name, 3);

    await look(id);

    expect((await state(id, 'CRASHED')).message).toMatch(/exit code 3.*no such module: pandas/s);
  });

  it('that is cancelled while it runs has its container stopped after the grace', async () => {
    const { id, container } = await pushed();
    await post(`/flow_runs/${id}/set_state`, { state: { type: 'RUNNING' } }, container);

    await post(`/flow_runs/${id}/set_state`, { state: { type: 'CANCELLING' } });
    const state_timestamp = new Date(Date.now() - 60_000).toISOString();
    await home.app.store.flowRuns.update(id, (doc) => ({ ...doc, run: { ...doc.run, state_timestamp } }));
    const cancelled = await until(async () => {
      await look(id);
      const run = await get(`/flow_runs/${id}`);
      return run.state_type === 'CANCELLED' ? run.state : null;
    });

    expect(cancelled.type).toBe('CANCELLED');
  });
});
