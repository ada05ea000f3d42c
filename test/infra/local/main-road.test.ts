import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Home, startHome } from '../../../infra/local/home.ts';

/** The whole road in one process, with plain commands instead of flows. */
describe('a run of a process:push pool in the local home', () => {
  let home: Home;
  let deploymentId: string;
  const dataFolder = mkdtempSync(join(tmpdir(), 'pushpool-road-'));
  beforeAll(async () => {
    home = await startHome({ dataFolder, port: 0 });
    await post('/work_pools/', { name: 'push', type: 'process:push' });
    const flow = await post('/flows/', { name: 'plain' });
    const deployment = await post('/deployments/', { name: 'd', flow_id: flow.id, work_pool_name: 'push' });
    deploymentId = deployment.id;
  });
  afterAll(async () => {
    await home.close();
    rmSync(dataFolder, { recursive: true, force: true });
  });

  // biome-ignore lint/suspicious/noExplicitAny: answers are whatever JSON the API sends
  async function post(path: string, body: unknown): Promise<any> {
    const answer = await fetch(`${home.apiUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  async function run(command: string, body: object = {}): Promise<string> {
    const made = await post(`/deployments/${deploymentId}/create_flow_run`, { job_variables: { command }, ...body });
    return made.id;
  }

  async function ended(id: string) {
    for (let look = 0; look < 400; look++) {
      const doc = await home.app.store.flowRuns.get(id);
      if (doc?.run.end_time && doc.life.phase === 'closed') return doc;
      await new Promise((done) => setTimeout(done, 50));
    }
    throw new Error(`Run ${id} did not end: ${JSON.stringify((await home.app.store.flowRuns.get(id))?.life)}`);
  }

  it('ends Completed with its output as logs when its command exits with 0', async () => {
    const doc = await ended(await run(`sh -c 'echo hi; exit 0'`));

    const logs = await post('/logs/filter', { logs: { flow_run_id: { any_: [doc.id] } } });

    expect(doc.run.state_type).toBe('COMPLETED');
    expect(logs.map((log: { message: string }) => log.message)).toContain('hi');
  });

  it('ends Failed with the exit code and the last lines when its command exits with 3', async () => {
    const doc = await ended(await run(`sh -c 'echo oops; exit 3'`));

    expect(doc.run.state_type).toBe('FAILED');
    expect(doc.run.state?.message).toMatch(/code 3.*oops/s);
  });

  it.each([
    ['that is due at once', 0],
    ['that is scheduled', 1500],
  ])('%s takes at most 6 billed transitions when all goes well (rule 25)', async (_, dueInMillis) => {
    const scheduled_time = new Date(Date.now() + dueInMillis).toISOString();
    const state = { type: 'SCHEDULED', state_details: { scheduled_time } };
    const doc = await ended(await run('true', dueInMillis > 0 ? { state } : {}));

    await until(async () => home.engine.report(`${doc.id}-1-1`)?.status === 'succeeded');
    expect(home.engine.report(`${doc.id}-1-1`)).toMatchObject({
      status: 'succeeded',
      transitions: 6,
      states: ['WaitUntilDue', 'Prepare', 'Choose', 'Submit', 'Finish'],
    });
  });

  it('is stopped by SIGTERM when it is cancelled while running and does not speak', async () => {
    const id = await run('sleep 600');
    await until(async () => (await home.app.store.flowRuns.get(id))?.life.ref != null);
    await home.app.store.flowRuns.update(id, (doc) => ({ ...doc, run: { ...doc.run } }));

    await post(`/flow_runs/${id}/set_state`, { state: { type: 'CANCELLING' } });
    await home.app.store.flowRuns.update(id, (doc) => ({
      ...doc,
      run: { ...doc.run, state_timestamp: new Date(Date.now() - 60_000).toISOString() },
    }));
    const input = { contract: 1, flow_run_id: id, attempt: 1, generation: 1 };
    await home.functions.invoke('target-process', { step: 'finish', input }).catch(() => null);

    expect((await ended(id)).run.state_type).toBe('CANCELLED');
  });

  async function until(holds: () => Promise<boolean>): Promise<void> {
    for (let look = 0; look < 400 && !(await holds()); look++) await new Promise((done) => setTimeout(done, 25));
  }
});
