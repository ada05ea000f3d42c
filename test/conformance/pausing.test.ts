import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureVenv, PREFECT } from '../../infra/local/python-venv.ts';
import { type LocalHome, startLocalHome } from './local-home.ts';
import { createDeployment, createPool, finishedRun, logsWith, runWhen, startRun, stateNames } from './runs.ts';
import { waitUntil } from './waiting.ts';

let home: LocalHome;

beforeAll(async () => {
  home = await startLocalHome({ bin: await ensureVenv(PREFECT), auth: true });
  await createPool(home, 'local');
});
afterAll(() => home?.stop());

async function start(flow: string): Promise<string> {
  return startRun(home, await createDeployment(home, { flow, pool: 'local', entrypoint: `pausing.py:${flow}` }));
}

/** Waits until the flow has left the schema of what it asks for: Prefect's engine stores it after it has paused. */
function schemaStored(home: LocalHome, id: string, key: string): Promise<boolean> {
  return waitUntil(async () => (await home.call('GET', `/flow_runs/${id}/input/${key}`)).status === 200, {
    seconds: 60,
    what: `the schema ${key} of the input`,
  });
}

describe('a flow that waits for a person', () => {
  it('is paused in its process until input comes that fits', async () => {
    const id = await start('asking');
    const paused = await runWhen(home, id, 'paused', (run) => run.state_type === 'PAUSED');
    await schemaStored(home, id, paused.state.state_details.run_input_keyset.schema);

    const wrong = await home.call('POST', `/flow_runs/${id}/resume`, { run_input: { approve: 'perhaps' } });
    const right = await home.call('POST', `/flow_runs/${id}/resume`, { run_input: { approve: true, note: 'fine' } });

    expect(wrong.body).toMatchObject({ status: 'REJECT', state: { type: 'PAUSED' } });
    expect([right.status, right.body.state.type]).toEqual([201, 'RUNNING']);
    const run = await finishedRun(home, id);
    expect(run.state).toMatchObject({ type: 'COMPLETED' });
    expect(await logsWith(home, id, 'approved: True')).toContain('note: fine');
  });

  it('is suspended without a process, and goes on in a new one', async () => {
    const id = await start('suspending');
    await runWhen(home, id, 'suspended', (run) => run.state_name === 'Suspended');

    const resumed = await home.call('POST', `/flow_runs/${id}/resume`, {});

    expect([resumed.status, resumed.body.state.name]).toEqual([201, 'Resuming']);
    const run = await finishedRun(home, id);
    expect(run.state).toMatchObject({ type: 'COMPLETED' });
    expect(await logsWith(home, id, 'going on')).toBeTruthy();
    expect(await stateNames(home, id)).toEqual([
      'Scheduled',
      'Pending',
      'Running',
      'Suspended',
      'Resuming',
      'Pending',
      'Running',
      'Completed',
    ]);
  });
});
