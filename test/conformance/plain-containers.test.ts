import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureVenv, PREFECT } from '../../infra/local/python-venv.ts';
import { type LocalHome, startLocalHome } from './local-home.ts';
import { createDeployment, createPool, finishedRun, logsWith, startRun, stateNames } from './runs.ts';

let home: LocalHome;

beforeAll(async () => {
  home = await startLocalHome({ bin: await ensureVenv(PREFECT) });
  await createPool(home, 'local');
});
afterAll(() => home?.stop());

/** Runs a command that knows nothing of Prefect. */
async function finished(flow: string, command: string) {
  const deployment = await createDeployment(home, { flow, pool: 'local', job_variables: { command } });
  return finishedRun(home, await startRun(home, deployment));
}

describe('a container without Prefect', () => {
  it('is Completed when it ends with 0, its output as logs', async () => {
    const run = await finished('well', `sh -c 'echo hi; echo oops >&2; exit 0'`);

    expect(run.state).toMatchObject({ type: 'COMPLETED', name: 'Completed' });
    const log = await logsWith(home, run.id, 'hi');
    expect(log).toContain('oops');
    expect((await stateNames(home, run.id)).at(-1)).toBe('Completed');
  });

  it('is Failed when it ends with another code, which the message names', async () => {
    const run = await finished('ill', `sh -c 'echo goodbye; exit 3'`);

    expect(run.state).toMatchObject({ type: 'FAILED', name: 'Failed' });
    expect(run.state.message).toMatch(/\b3\b/);
    expect(await logsWith(home, run.id, 'goodbye')).toBeTruthy();
  });

  it('is Crashed when there is no such command', async () => {
    const run = await finished('nothing', 'no-such-command-anywhere');

    expect(['CRASHED', 'FAILED']).toContain(run.state_type);
    expect(run.state.message).toContain('no-such-command-anywhere');
  });
});
