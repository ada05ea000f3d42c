import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureVenv, OLDER_PREFECT, PREFECT } from '../../infra/local/python-venv.ts';
import { ROOT } from '../suites.ts';
import { type LocalHome, startLocalHome } from './local-home.ts';
import { createDeployment, deploymentNamed, expectStatus, finishedRun, logsWith, startRun, taskRuns } from './runs.ts';

const EXAMPLES = path.join(ROOT, 'examples');

/** The least that an operator does, where keys are asked for and runs have tokens, with this Prefect on both sides. */
describe.each([
  ['the present Prefect', PREFECT],
  ['an older Prefect, whose sockets do not authenticate', OLDER_PREFECT],
])('with keys, %s', (_, venv) => {
  let home: LocalHome;

  beforeAll(async () => {
    home = await startLocalHome({ bin: await ensureVenv(venv), auth: true });
    await cli('work-pool', 'create', '--type', 'process:push', 'local');
    await cli('--no-prompt', 'deploy', '--name', 'hello', '--name', 'subflows');
  });
  afterAll(() => home?.stop());

  async function cli(...args: string[]): Promise<string> {
    const { exitCode, output } = await home.prefect(args, { cwd: EXAMPLES });
    expect(exitCode, `prefect ${args.join(' ')}\n${output}`).toBe(0);
    return output;
  }

  it('answers nobody without a key', async () => {
    const answer = await fetch(`${home.apiUrl}/flows/filter`, { method: 'POST' });

    expect(answer.status).toBe(401);
  });

  it('a run goes to Completed under `deployment run --watch`, with task runs and logs', async () => {
    const output = await cli('deployment', 'run', 'hello/hello', '--param', 'name=Ada', '--watch');

    expect(output).toMatch(/finished successfully|Completed/i);
    const [run] = await expectStatus(200, home, 'POST', '/flow_runs/filter', {
      flows: { name: { any_: ['hello'] } },
      limit: 1,
    });
    expect(run.state).toMatchObject({ type: 'COMPLETED' });
    expect((await taskRuns(home, run.id, 3)).map((task) => task.state_name)).toEqual([
      'Completed',
      'Completed',
      'Completed',
    ]);
    expect(await logsWith(home, run.id, 'Finished in state')).toContain('Hello, Ada!');
  });

  it('a run may create its subflows and work on them, sync and async', async () => {
    const deployment = await deploymentNamed(home, 'sum-of/subflows');

    const run = await finishedRun(home, await startRun(home, deployment.id, { parameters: { x: 3 } }));

    expect(run.state).toMatchObject({ type: 'COMPLETED' });
    const children = await expectStatus(200, home, 'POST', '/flow_runs/filter', {
      flow_runs: { parent_flow_run_id: { any_: [run.id] } },
    });
    expect(children.map((child: { state_type: string }) => child.state_type)).toEqual([
      'COMPLETED',
      'COMPLETED',
      'COMPLETED',
    ]);
  });

  it('a flow that fails is Failed with its message', async () => {
    const run = await finishedRun(
      home,
      await startRun(home, await createDeployment(home, { flow: 'failing', pool: 'local' })),
    );

    expect(run.state).toMatchObject({ type: 'FAILED', name: 'Failed' });
    expect(run.state.message).toContain('ValueError: the numbers do not add up');
  });
});
