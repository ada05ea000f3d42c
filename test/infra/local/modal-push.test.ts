import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Home, startHome } from '../../../infra/local/home.ts';
import { IMAGE, TOKEN } from '../../fakes/modal/cloud.ts';
import { FakeModal } from '../../fakes/modal/modal.ts';
import { runSandboxes } from '../../fakes/modal/processes.ts';
import { call } from './push-pool.ts';

/** A flow as Prefect's engine runs one, in a few lines: reports Running, waits, obeys a cancel, reports its end. */
const FLOW = `
const { PREFECT_API_URL: url, PREFECT_API_AUTH_STRING: auth, PREFECT__FLOW_RUN_ID: id } = process.env;
const headers = { 'content-type': 'application/json', authorization: 'Basic ' + Buffer.from(auth).toString('base64') };
const ask = (path, body) =>
  fetch(url + path, { headers, ...(body && { method: 'POST', body: JSON.stringify(body) }) }).then((answer) => answer.json());
const report = (type) => ask('/flow_runs/' + id + '/set_state', { state: { type } });
await report('RUNNING');
console.log('the flow has begun');
for (let left = Number(process.env.SECONDS); left > 0; left -= 0.2) {
  await new Promise((done) => setTimeout(done, 200));
  const run = await ask('/flow_runs/' + id);
  if (run.state_type === 'CANCELLING') { await report('CANCELLED'); process.exit(0); }
}
await report('COMPLETED');
`;
const command = `${process.execPath} --input-type=module -e '${FLOW.replaceAll("'", `'"'"'`)}'`;

describe('a run of a modal:push pool in the local home', () => {
  let home: Home;
  let fake: FakeModal;
  let machine: { close(): void };
  let deploymentId: string;
  const dataFolder = mkdtempSync(join(tmpdir(), 'pushpool-modal-'));
  beforeAll(async () => {
    fake = await FakeModal.start(() => new Date());
    machine = runSandboxes(fake);
    home = await startHome({ dataFolder, port: 0, endpoints: { modal: fake.url } });
    const block = await storeCredentials();
    const template = await poolTemplate(block.id);
    await post('/work_pools/', { name: 'modal', type: 'modal:push', base_job_template: template });
    const flow = await post('/flows/', { name: 'flow' });
    const deployment = await post('/deployments/', {
      ...{ name: 'd', flow_id: flow.id, work_pool_name: 'modal', entrypoint: 'f.py:f' },
      job_variables: { command, image: IMAGE },
    });
    deploymentId = deployment.id;
  });
  afterAll(async () => {
    await home.close();
    machine.close();
    fake.close();
    rmSync(dataFolder, { recursive: true, force: true });
    expect(fake.violations).toEqual([]);
  });

  async function post(path: string, body: unknown) {
    const answer = await call(home.apiUrl, 'POST', path, body);
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }
  const get = async (path: string) => (await call(home.apiUrl, 'GET', path)).body;

  /** As `prefect block create modal-credentials`. */
  async function storeCredentials() {
    const type = await get('/block_types/slug/modal-credentials');
    const [schema] = await post('/block_schemas/filter', { block_schemas: { block_type_id: { any_: [type.id] } } });
    return post('/block_documents/', {
      ...{ name: 'modal', data: TOKEN, block_type_id: type.id, block_schema_id: schema.id },
    });
  }

  /** As Modal's provisioner writes it: the type's own template with the block as default. */
  async function poolTemplate(blockId: string) {
    const types = await get('/collections/views/aggregate-worker-metadata');
    const { default_base_job_configuration: base } = findType(types, 'modal:push');
    base.variables.properties.modal_credentials.default = { $ref: { block_document_id: blockId } };
    return base;
  }

  const run = async (seconds: number, more: object = {}): Promise<string> => {
    const variables = { env: { SECONDS: String(seconds) }, ...more };
    return (await post(`/deployments/${deploymentId}/create_flow_run`, { job_variables: variables })).id;
  };
  const until = async (id: string, holds: (run: { state_type: string }) => boolean) => {
    for (let look = 0; look < 600; look++) {
      const seen = await get(`/flow_runs/${id}`);
      if (holds(seen)) return seen;
      await new Promise((done) => setTimeout(done, 50));
    }
    throw new Error(`Not within 30 s: ${JSON.stringify((await get(`/flow_runs/${id}`)).state)}`);
  };
  /** The 45 s that a container has to report Cancelled (rule 11), without waiting for them. */
  async function graceIsOver(id: string): Promise<void> {
    const state_timestamp = new Date(Date.now() - 60_000).toISOString();
    await home.app.store.flowRuns.update(id, (doc) => ({ ...doc, run: { ...doc.run, state_timestamp } }));
    const input = { contract: 1, flow_run_id: id, attempt: 1, generation: 1 };
    // it asks for another look until the sandbox has ended
    await home.functions.invoke('target-modal', { step: 'finish', input }).catch(() => null);
    await home.functions.invoke('target-modal', { step: 'finish', input }).catch(() => null);
  }
  const sandboxesOf = (id: string) =>
    fake.account.sandboxes.all.filter(({ tags }) => tags['pushpool.flow-run-id'] === id);

  it('is one sandbox with the run’s own command, environment and names, and ends as the flow says', async () => {
    const id = await run(0.4);

    const running = await until(id, ({ state_type }) => state_type !== 'SCHEDULED' && state_type !== 'PENDING');
    const done = await until(id, ({ state_type }) => state_type === 'COMPLETED');

    const [sandbox, ...others] = sandboxesOf(id);
    expect(others).toEqual([]);
    expect(running.infrastructure_pid).toBe(sandbox?.id);
    expect(done.state).toMatchObject({ type: 'COMPLETED' });
    expect(sandbox).toMatchObject({
      version: 2,
      env: { PREFECT__FLOW_RUN_ID: id, PREFECT_API_URL: home.apiUrl },
      tags: { 'prefect.io-flow-run-id': id, 'prefect.io-work-pool-name': 'modal' },
    });
    expect([...fake.account.apps.keys()]).toEqual(['main/prefect-modal']);
  });

  it('that is cancelled while it runs ends Cancelled, by the flow itself', async () => {
    const id = await run(60);
    await until(id, ({ state_type }) => state_type === 'RUNNING');

    await post(`/flow_runs/${id}/set_state`, { state: { type: 'CANCELLING' } });

    expect((await until(id, ({ state_type }) => state_type === 'CANCELLED')).state.type).toBe('CANCELLED');
    expect(sandboxesOf(id)).toHaveLength(1);
  });

  it('that is cancelled and does not report it within the grace has its sandbox terminated', async () => {
    const id = await run(60, { command: 'sleep 600' });
    await until(id, (seen) => (seen as { infrastructure_pid?: string }).infrastructure_pid != null);

    await post(`/flow_runs/${id}/set_state`, { state: { type: 'CANCELLING' } });
    await graceIsOver(id);

    await until(id, ({ state_type }) => state_type === 'CANCELLED');
    expect(fake.account.sandboxes.settle(sandboxesOf(id)[0]!).result?.status).toBe('GENERIC_STATUS_TERMINATED');
  });

  it('crashes with what Modal says when its image cannot be built', async () => {
    fake.account.buildResults.set('missing', { status: 'GENERIC_STATUS_FAILURE', exception: 'manifest unknown' });

    const id = await run(0, { image: `me/missing@sha256:${'0'.repeat(64)}` });

    const { state } = await until(id, ({ state_type }) => state_type === 'CRASHED');
    expect(state.message).toMatch(
      /^Failed to submit flow run to infrastructure: Modal could not build .*manifest unknown/,
    );
    expect(sandboxesOf(id)).toEqual([]);
  });

  it('is refused with the variable’s name when its pool’s template cannot suit Modal', async () => {
    const pool = await get('/work_pools/modal');
    pool.base_job_template.variables.properties.workdir.default = 'relative';

    const answer = await call(home.apiUrl, 'PATCH', '/work_pools/modal', { base_job_template: pool.base_job_template });

    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.body)).toContain('workdir');
  });
});

// biome-ignore lint/suspicious/noExplicitAny: the aggregate is whatever JSON the API sends
function findType(aggregate: Record<string, Record<string, any>>, type: string): any {
  for (const collection of Object.values(aggregate)) if (collection[type]) return collection[type];
  throw new Error(`No type ${type}.`);
}
