import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureVenv, PREFECT } from '../../infra/local/python-venv.ts';
import { type LocalHome, startLocalHome } from './local-home.ts';
import type { LongRunning } from './long-running.ts';
import { createDeployment, FLOWS_FOLDER, finishedRun, logsWith, runWhen, startRun, stateNames } from './runs.ts';
import { waitUntil } from './waiting.ts';

let home: LocalHome;
const programs: LongRunning[] = [];

beforeAll(async () => {
  home = await startLocalHome({ bin: await ensureVenv(PREFECT), auth: true });
});
afterAll(async () => {
  await Promise.all(programs.map((program) => program.stop()));
  await home?.stop();
});

function start(program: string, args: readonly string[], options?: { cwd?: string }): LongRunning {
  const started = home.start(program, args, options);
  programs.push(started);
  return started;
}

describe("Prefect's own processes", () => {
  it('a worker of a process pool takes a run that was started for it and cancels another', async () => {
    const made = await home.prefect(['work-pool', 'create', '--type', 'process', 'real']);
    expect(made.exitCode, made.output).toBe(0);
    const worker = start('prefect', ['worker', 'start', '--pool', 'real', '--name', 'worker-1']);
    const deployment = await createDeployment(home, { flow: 'with_number', pool: 'real', parameters: { n: 12345 } });
    const sleeping = await createDeployment(home, { flow: 'sleeping', pool: 'real' });

    const [id, other] = await Promise.all([startRun(home, deployment), startRun(home, sleeping)]);

    const run = await finishedRun(home, id).catch((error) => expect.fail(`${error.message}\n${worker.output()}`));
    expect(run.state).toMatchObject({ type: 'COMPLETED' });
    expect(await logsWith(home, id, '12345')).toBeTruthy();
    expect((await stateNames(home, id)).slice(-2)).toEqual(['Running', 'Completed']);
    const { body: workers } = await home.call('POST', '/work_pools/real/workers/filter', {});
    expect(workers).toMatchObject([{ name: 'worker-1', status: 'ONLINE' }]);
    await runWhen(home, other, 'asleep', ({ state_type }) => state_type === 'RUNNING');

    const cancelled = await home.prefect(['flow-run', 'cancel', other]);

    expect(cancelled.exitCode, cancelled.output).toBe(0);
    expect((await finishedRun(home, other)).state_type).toBe('CANCELLED');
  });

  it('`flow.serve()` makes its deployment and runs it in processes of its own', async () => {
    const program = start('python', [path.join(FLOWS_FOLDER, 'served.py')], { cwd: FLOWS_FOLDER });
    const deployment = await waitUntil(
      async () => {
        if (program.exitCode() !== null) throw new Error(`flow.serve() ended:\n${program.output()}`);
        const { status, body } = await home.call('GET', '/deployments/name/served/here');
        return status === 200 && body;
      },
      { seconds: 180, what: 'the deployment of flow.serve()' },
    );

    const id = await startRun(home, deployment.id, { parameters: { name: 'Ada' } });

    const run = await finishedRun(home, id).catch((error) => expect.fail(`${error.message}\n${program.output()}`));
    expect(run.state).toMatchObject({ type: 'COMPLETED' });
    expect(await logsWith(home, id, 'served Ada')).toBeTruthy();
    await program.stop();
    const { body } = await home.call('GET', `/deployments/${deployment.id}`);
    expect(body.paused).toBe(true);
  });
});
