import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureVenv, PREFECT } from '../../infra/local/python-venv.ts';
import { type LocalHome, startLocalHome } from './local-home.ts';
import { createDeployment, createPool, finishedRun, logsWith, runWhen, startRun, stateNames } from './runs.ts';

let home: LocalHome;

beforeAll(async () => {
  home = await startLocalHome({ bin: await ensureVenv(PREFECT), auth: true });
  await createPool(home, 'local');
});
afterAll(() => home?.stop());

async function start(flow: string): Promise<string> {
  return startRun(home, await createDeployment(home, { flow, pool: 'local', entrypoint: `pausing.py:${flow}` }));
}

describe('a flow that waits for a person', () => {
  it('is paused in its process until input comes that fits', async () => {
    const id = await start('asking');
    await runWhen(home, id, 'paused', (run) => run.state_type === 'PAUSED');

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
