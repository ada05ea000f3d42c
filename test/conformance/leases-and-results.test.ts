import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureVenv, PREFECT } from '../../infra/local/python-venv.ts';
import { type LocalHome, startLocalHome } from './local-home.ts';
import { createDeployment, createPool, expectStatus, FLOWS_FOLDER, finishedRun, logsWith, startRun } from './runs.ts';

let home: LocalHome;
const folder = mkdtempSync(path.join(tmpdir(), 'pushpool-results-'));

beforeAll(async () => {
  home = await startLocalHome({ bin: await ensureVenv(PREFECT) });
  await createPool(home, 'local');
});
afterAll(async () => {
  await home?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function startHolding(limit: string): Promise<string> {
  await expectStatus(201, home, 'POST', '/v2/concurrency_limits/', { name: limit, limit: 1 });
  const deployment = await createDeployment(home, {
    flow: 'holding',
    pool: 'local',
    name: limit,
    entrypoint: 'leases.py:holding',
    parameters: { limit },
  });
  const id = await startRun(home, deployment);
  await logsWith(home, id, `holding ${limit}`);
  return id;
}

const slotsOf = async (limit: string): Promise<number> =>
  (await expectStatus(200, home, 'GET', `/v2/concurrency_limits/${limit}`)).active_slots;

describe('a flow that holds a slot under a lease', () => {
  it('renews it as long as it holds it, and gives it back', async () => {
    const id = await startHolding('kept');
    await logsWith(home, id, 'renewal 3: True');
    const held = await slotsOf('kept');

    await expectStatus(201, home, 'POST', '/variables/', { name: 'kept', value: true });

    expect(held).toBe(1);
    expect((await finishedRun(home, id)).state).toMatchObject({ type: 'COMPLETED' });
    expect(await slotsOf('kept')).toBe(0);
  });

  it('ends when an operator has given the slot to somebody else', async () => {
    const id = await startHolding('lost');

    await expectStatus(200, home, 'POST', '/v2/concurrency_limits/decrement', { names: ['lost'], slots: 1 });

    expect(await slotsOf('lost')).toBe(0);
    expect((await finishedRun(home, id)).state_type).toMatch(/CRASHED|FAILED/);
    expect(await logsWith(home, id, 'Concurrency lease renewal failed')).toContain('slots are no longer reserved');
  });
});

describe('a flow whose results a block keeps', () => {
  it('leaves them where the block says, for any client to read', async () => {
    const program = path.join(FLOWS_FOLDER, 'results.py');
    await home.python([program, 'save', folder]);
    const deployment = await createDeployment(home, {
      flow: 'remembering',
      pool: 'local',
      entrypoint: 'results.py:remembering',
      parameters: { n: 21 },
    });

    const run = await finishedRun(home, await startRun(home, deployment));

    expect(run.state).toMatchObject({ type: 'COMPLETED' });
    expect(readdirSync(folder).length).toBeGreaterThanOrEqual(2);
    expect(await home.python([program, 'read', run.id])).toContain("{'answer': 42}");
  });
});
