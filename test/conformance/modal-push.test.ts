import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureVenv, PREFECT } from '../../infra/local/python-venv.ts';
import { IMAGE, TOKEN } from '../fakes/modal/cloud.ts';
import { FakeModal } from '../fakes/modal/modal.ts';
import { runSandboxes } from '../fakes/modal/processes.ts';
import { type LocalHome, startLocalHome } from './local-home.ts';
import { createDeployment, expectStatus, finishedRun, logsWith, runWhen, startRun } from './runs.ts';

let home: LocalHome;
let fake: FakeModal;
let machine: { close(): void };
const folder = mkdtempSync(path.join(tmpdir(), 'pushpool-modal-'));

/** Modal's part is played by the fake, whose sandboxes run the real engine; pool and runs are the real command line's. */
beforeAll(async () => {
  const bin = await ensureVenv(PREFECT);
  fake = await FakeModal.start(() => new Date());
  machine = runSandboxes(fake, `${bin}:${process.env['PATH']}`);
  home = await startLocalHome({ bin, auth: true, env: { MODAL_SERVER_URL: fake.url } });
  await createModalPool(await storeCredentials());
});
afterAll(async () => {
  await home?.stop();
  machine?.close();
  fake?.close();
  rmSync(folder, { recursive: true, force: true });
  expect(fake.violations).toEqual([]);
});

async function cli(...args: string[]): Promise<string> {
  const { exitCode, output } = await home.prefect(args, { cwd: folder });
  expect(exitCode, `prefect ${args.join(' ')}\n${output}`).toBe(0);
  return output;
}

async function storeCredentials(): Promise<string> {
  const type = await expectStatus(200, home, 'GET', '/block_types/slug/modal-credentials');
  const [schema] = await expectStatus(200, home, 'POST', '/block_schemas/filter', {
    block_schemas: { block_type_id: { any_: [type.id] } },
  });
  const block = await expectStatus(201, home, 'POST', '/block_documents/', {
    ...{ name: 'modal', data: TOKEN, block_type_id: type.id, block_schema_id: schema.id },
  });
  return block.id;
}

/** With the type's own template and the block as its default, as an operator edits it. */
async function createModalPool(blockId: string): Promise<void> {
  const file = path.join(folder, 'template.json');
  await cli('work-pool', 'get-default-base-job-template', '--type', 'modal:push', '--file', file);
  const template = JSON.parse(readFileSync(file, 'utf8'));
  template.variables.properties.modal_credentials.default = { $ref: { block_document_id: blockId } };
  writeFileSync(file, JSON.stringify(template));
  await cli('work-pool', 'create', 'modal', '--type', 'modal:push', '--base-job-template', file);
}

const deploy = (flow: string, name = 'conformance'): Promise<string> =>
  createDeployment(home, {
    ...{ flow, pool: 'modal', name },
    job_variables: {
      image: IMAGE,
      env: { HOME: folder, PREFECT_HOME: path.join(folder, 'prefect') },
    },
  });
const sandboxesOf = (id: string) =>
  fake.account.sandboxes.all.filter(({ tags }) => tags['prefect.io-flow-run-id'] === id);

describe('a flow in a Modal sandbox', () => {
  it('runs once under its own token and ends Completed, its prints in the log', async () => {
    const id = await startRun(home, await deploy('with_number'), { parameters: { n: 4711 } });

    const run = await finishedRun(home, id);

    expect(run.state).toMatchObject({ type: 'COMPLETED', name: 'Completed' });
    expect(await logsWith(home, id, 'Finished in state')).toContain('4711');
    expect(sandboxesOf(id)).toHaveLength(1);
    expect(sandboxesOf(id)[0]?.env['PREFECT_API_KEY']).not.toBe(home.clientEnv['PREFECT_API_AUTH_STRING']);
  });

  it('ends Cancelled under `flow-run cancel`, and its sandbox with it', async () => {
    const id = await startRun(home, await deploy('sleeping'));
    await logsWith(home, id, 'asleep now');

    await cli('flow-run', 'cancel', id);

    const run = await finishedRun(home, id);
    expect(run.state).toMatchObject({ type: 'CANCELLED' });
    await runWhen(home, id, 'cleaned up', () => sandboxesOf(id).every((one) => one.result !== null));
    expect(sandboxesOf(id)).toHaveLength(1);
  });

  it('whose sandbox somebody terminates in Modal is found by the pool watch and Crashed with the reason', async () => {
    const id = await startRun(home, await deploy('sleeping', 'terminated'));
    await logsWith(home, id, 'asleep now');

    fake.account.sandboxes.terminate(sandboxesOf(id)[0]!);

    const run = await finishedRun(home, id);
    expect(run.state).toMatchObject({
      type: 'CRASHED',
      message: expect.stringContaining('The sandbox was terminated'),
    });
    expect(sandboxesOf(id)).toHaveLength(1);
  });
});
