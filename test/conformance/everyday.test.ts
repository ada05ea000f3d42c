import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureVenv, PREFECT } from '../../infra/local/python-venv.ts';
import { ROOT } from '../suites.ts';
import { type LocalHome, startLocalHome } from './local-home.ts';
import {
  createDeployment,
  deploymentNamed,
  expectStatus,
  finishedRun,
  logsWith,
  runWhen,
  startRun,
  stateNames,
  taskRuns,
} from './runs.ts';

const EXAMPLES = path.join(ROOT, 'examples');
const IN_AN_HOUR = () => new Date(Date.now() + 3600_000).toISOString();

let home: LocalHome;

beforeAll(async () => {
  const bin = await ensureVenv(PREFECT);
  home = await startLocalHome({ bin });
  await cli('work-pool', 'create', '--type', 'process:push', 'local');
  await Promise.all([
    cli('--no-prompt', 'deploy', '--all'),
    home.python([path.join(import.meta.dirname, 'flows', 'save_settings.py')]),
  ]);
});
afterAll(() => home?.stop());

/** The CLI in `examples/`; fails with what it printed when it fails. */
async function cli(...args: string[]): Promise<string> {
  const { exitCode, output } = await home.prefect(args, { cwd: EXAMPLES });
  expect(exitCode, `prefect ${args.join(' ')}\n${output}`).toBe(0);
  return output;
}

const deploy = (flow: string, more: Record<string, unknown> = {}) =>
  createDeployment(home, { flow, pool: 'local', ...more });

async function startExample(name: string, body: Record<string, unknown> = {}): Promise<string> {
  return startRun(home, (await deploymentNamed(home, name)).id, body);
}

describe('a flow pushed by the real client', () => {
  it('runs to Completed under `deployment run --watch`, with its task runs and logs', async () => {
    const output = await cli('deployment', 'run', 'hello/hello', '--param', 'name=Ada', '--watch');

    expect(output).toContain('Hello, Ada! (8 letters)');
    expect(output).toMatch(/finished successfully/i);
    const [run] = await expectStatus(200, home, 'POST', '/flow_runs/filter', {
      flows: { name: { any_: ['hello'] } },
      sort: 'START_TIME_DESC',
      limit: 1,
    });
    expect(await stateNames(home, run.id)).toEqual(['Scheduled', 'Pending', 'Running', 'Completed']);
    expect((await taskRuns(home, run.id, 3)).map((task) => [task.name.split('-')[0], task.state_name])).toEqual([
      ['greeting', 'Completed'],
      ['letters', 'Completed'],
      ['report', 'Completed'],
    ]);
    expect(await logsWith(home, run.id, 'Finished in state')).toContain('Thinking of something nice to say to Ada');
  });

  it('has its subflows, sync and async, as runs of their own under tracking task runs', async () => {
    const run = await finishedRun(home, await startExample('sum-of/subflows', { parameters: { x: 3 } }));

    expect(run.state).toMatchObject({ type: 'COMPLETED' });
    const tasks = await taskRuns(home, run.id, 3);
    const children = await expectStatus(200, home, 'POST', '/flow_runs/filter', {
      flow_runs: { parent_flow_run_id: { any_: [run.id] } },
    });
    expect(children).toHaveLength(3);
    for (const child of children) {
      expect(child.state_type).toBe('COMPLETED');
      expect(tasks.map((task) => task.id)).toContain(child.parent_task_run_id);
      expect(await taskRuns(home, child.id, 1)).toHaveLength(1);
    }
  });

  it('is retried in its own process, its task as well', async () => {
    const run = await finishedRun(home, await startExample('persistent/retries'));

    expect(await stateNames(home, run.id)).toEqual([
      'Scheduled',
      'Pending',
      'Running',
      'AwaitingRetry',
      'Running',
      'Completed',
    ]);
    expect(run.run_count).toBe(2);
    const [task] = await taskRuns(home, run.id, 1);
    expect(task).toMatchObject({ state_name: 'Completed', run_count: 2 });
  });

  it('reads a variable and a secret, leaves an artifact and a tagged task run', async () => {
    const run = await finishedRun(home, await startExample('use-settings/settings'));

    expect(run.state).toMatchObject({ type: 'COMPLETED' });
    expect(await logsWith(home, run.id, 'Connected to')).toContain('db.example.com with a password of 13 characters');
    const artifact = await expectStatus(200, home, 'GET', '/artifacts/connection/latest');
    expect(artifact).toMatchObject({ flow_run_id: run.id, type: 'markdown' });
    expect((await taskRuns(home, run.id, 1))[0].tags).toEqual(['database']);
  });

  it('is Failed with its message although its process ends with 0', async () => {
    const run = await finishedRun(home, await startRun(home, await deploy('failing')));

    expect(run.state).toMatchObject({ type: 'FAILED', name: 'Failed' });
    expect(run.state.message).toContain('ValueError: the numbers do not add up');
  });

  it('is Crashed when its process dies, with the exit code and its last lines', async () => {
    const run = await finishedRun(home, await startRun(home, await deploy('crashing')));

    expect(run.state).toMatchObject({ type: 'CRASHED', name: 'Crashed' });
    expect(run.state.message).toMatch(/\b3\b/);
    // Its own log lines died with it: they stand in what the container printed.
    expect(await logsWith(home, run.id, "Last lines of the container's output")).toContain('the last thing said');
  });

  it('is Crashed when its code cannot be found', async () => {
    const deployment = await deploy('missing', { entrypoint: 'no_such_file.py:missing' });

    const run = await finishedRun(home, await startRun(home, deployment));

    expect(run.state_type).toBe('CRASHED');
    expect(await logsWith(home, run.id, 'no_such_file')).toBeTruthy();
  });

  it('is refused when its parameters do not fit', async () => {
    const { exitCode, output } = await home.prefect(['deployment', 'run', 'sum-of/subflows', '--param', 'x="three"']);

    expect(exitCode).not.toBe(0);
    expect(output).toContain("Validation failed for field 'x'. Failure reason: 'three' is not of type 'integer'");
  });

  it('shows a task that fails with 200,000 characters, and the task runs after it', async () => {
    const run = await finishedRun(home, await startRun(home, await deploy('too_many_words')));

    const tasks = await taskRuns(home, run.id, 5);
    expect(tasks.map((task) => [task.name.split('-')[0], task.state_name])).toEqual([
      ['after', 'Completed'],
      ['after', 'Completed'],
      ['after', 'Completed'],
      ['before', 'Completed'],
      ['wordy', 'Failed'],
    ]);
    expect(tasks[4].state.message.length).toBeGreaterThan(90_000);
  });

  it('is cancelled by `flow-run cancel` while it runs', async () => {
    const id = await startRun(home, await deploy('sleeping'));
    await logsWith(home, id, 'asleep now');

    await cli('flow-run', 'cancel', id);

    const run = await finishedRun(home, id);
    expect(run.state).toMatchObject({ type: 'CANCELLED', name: 'Cancelled' });
    expect(await stateNames(home, id)).toEqual(['Scheduled', 'Pending', 'Running', 'Cancelling', 'Cancelled']);
  });

  it('is cancelled by `flow-run cancel` while it waits for its time', async () => {
    const scheduled_time = IN_AN_HOUR();
    const id = await startExample('hello/hello', { state: { type: 'SCHEDULED', state_details: { scheduled_time } } });

    await cli('flow-run', 'cancel', id);

    expect(await stateNames(home, id)).toEqual(['Scheduled', 'Cancelled']);
  });

  it('starts when it is due, not before', async () => {
    const due = new Date(Date.now() + 4000);
    const id = await startExample('hello/hello', {
      state: { type: 'SCHEDULED', state_details: { scheduled_time: due.toISOString() } },
    });

    const run = await runWhen(home, id, 'running', ({ start_time }) => start_time !== null);

    expect(new Date(run.start_time).getTime()).toBeGreaterThanOrEqual(due.getTime());
    expect((await finishedRun(home, id)).state_type).toBe('COMPLETED');
  });
});
