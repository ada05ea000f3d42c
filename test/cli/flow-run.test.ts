import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CommandLineAtHome, startCommandLine } from './command-line.ts';

let cli: CommandLineAtHome;
beforeAll(async () => {
  cli = await startCommandLine();
  await cli.json('work-pool', 'create', 'pool', '--type', 'process:push');
  const job = (name: string, command: string) =>
    cli.json('deploy', '-n', name, '--pool', 'pool', '--flow-name', 'job', '--command', command);
  await job('good', "sh -c 'echo out of the job'");
  await job('bad', "sh -c 'echo it broke; exit 3'");
  await job('long', 'sleep 600');
});
afterAll(() => cli.close());

/** The run's state, once it is so. */
const reached = (id: string, state: string) =>
  vi.waitFor(async () => expect((await cli.json('flow-run', 'inspect', id)).state_type).toBe(state), {
    timeout: 20_000,
    interval: 100,
  });

describe('pushpool deployment run', () => {
  it('starts a run and says its name and id', async () => {
    const { exitCode, stdout, stderr } = await cli.run([
      'deployment',
      'run',
      'job/good',
      '--flow-run-name',
      'mine',
      '-t',
      'x',
    ]);

    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^Created flow run "mine" \([0-9a-f-]{36}\) of job\/good\.\n$/);
    expect(stdout).toMatch(/^Name: +mine$/m);
  });

  it('watches to the end: states, log lines, and exit code 0 for Completed', async () => {
    const { exitCode, stdout } = await cli.run(['deployment', 'run', 'good', '--watch']);

    expect(stdout).toMatch(/is (Scheduled|Pending|Running)/);
    expect(stdout).toMatch(/\d\d:\d\d:\d\d\.\d{3} \| INFO .* - out of the job/);
    expect(stdout).toMatch(/is Completed/);
    expect(exitCode).toBe(0);
  });

  it('ends with 1 and the state when the run fails', async () => {
    const { exitCode, stdout, stderr } = await cli.run(['deployment', 'run', 'job/bad', '--watch']);

    expect(stdout).toContain('it broke');
    expect(stderr).toMatch(/The flow run ".*" ended as Failed\.\n$/);
    expect(exitCode).toBe(1);
  });

  it('starts later with --start-in, as the preview of the pool shows', async () => {
    const run = await cli.json('deployment', 'run', 'job/good', '--start-in', '30 minutes');

    expect(Date.parse(run.expected_start_time) - Date.now()).toBeGreaterThan(29 * 60_000);
    const due = await cli.json('work-pool', 'preview', 'pool');
    expect(due.map(({ id }: { id: string }) => id)).toContain(run.id);
  });

  it('answers the same run for the same idempotency key', async () => {
    const first = await cli.json('deployment', 'run', 'job/good', '--idempotency-key', 'once');
    const second = await cli.json('deployment', 'run', 'job/good', '--idempotency-key', 'once');

    expect(second.id).toBe(first.id);
  });

  it('refuses a parameter that the flow does not have', async () => {
    cli.write('flow.py', '@flow\ndef greet(name: str = "x"): pass\n');
    await cli.json('deploy', 'flow.py:greet', '-n', 'checked', '--pool', 'pool');

    const { exitCode, stderr } = await cli.run(['deployment', 'run', 'greet/checked', '-p', 'nmae=Ada']);

    expect(exitCode).toBe(2);
    expect(stderr).toContain('The flow has no parameter "nmae". Its parameters are: name.');
  });
});

describe('pushpool flow-run', () => {
  it('lists runs with their flows, by pool, deployment and state', async () => {
    const failed = await cli.json('deployment', 'run', 'job/bad');
    await reached(failed.id, 'FAILED');

    const { stdout } = await cli.run(['flow-run', 'ls', '--limit', '200']);
    const found = await cli.json('flow-run', 'ls', '--deployment', 'bad', '--pool', 'pool', '--state-type', 'failed');

    expect(stdout).toMatch(/^ID +FLOW +NAME +STATE +WHEN +TOOK\n/);
    expect(stdout).toMatch(new RegExp(`^${failed.id} +job +`, 'm'));
    expect(found.map(({ id }: { id: string }) => id)).toContain(failed.id);
  });

  it('shows a run by its name or its id, and its log', async () => {
    const run = await cli.json('deployment', 'run', 'job/good');
    await reached(run.id, 'COMPLETED');

    expect((await cli.json('flow-run', 'inspect', run.name)).id).toBe(run.id);
    expect((await cli.run(['flow-run', 'inspect', run.id])).stdout).toMatch(/^State: +Completed$/m);
    await vi.waitFor(async () =>
      expect((await cli.run(['flow-run', 'logs', run.name])).stdout).toContain('out of the job'),
    );
  });

  it('cancels a run that has a container, and one that has not started', async () => {
    const running = await cli.json('deployment', 'run', 'job/long');
    await reached(running.id, 'RUNNING').catch(() => reached(running.id, 'PENDING'));
    const waiting = await cli.json('deployment', 'run', 'job/good', '--start-in', '1h');

    const cancelled = await cli.run(['flow-run', 'cancel', running.id]);
    await cli.run(['flow-run', 'cancel', waiting.id]);

    expect(cancelled).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(/is Cancell(ing|ed)\./) });
    await reached(waiting.id, 'CANCELLED');
    const again = await cli.run(['flow-run', 'cancel', waiting.id]);
    expect(again).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('has ended already, as Cancelled') });
  });

  it('retries a run that has ended, under the same id', async () => {
    const run = await cli.json('deployment', 'run', 'job/bad');
    await reached(run.id, 'FAILED');

    const { exitCode, stdout } = await cli.run(['flow-run', 'retry', run.id, '--watch']);

    expect(exitCode).toBe(1); // it fails again
    expect(stdout).toContain('is Failed');
    expect(stdout.match(/ - it broke$/gm)).toHaveLength(2); // of both attempts
  });

  it('does not retry one that has not ended', async () => {
    const run = await cli.json('deployment', 'run', 'job/good', '--start-in', '1h');

    const { exitCode, stderr } = await cli.run(['flow-run', 'retry', run.id]);

    expect(exitCode).toBe(1);
    expect(stderr).toContain('has not ended: it is Scheduled');
  });

  it('stops watching at Ctrl-C with 130, says so, and lets the run go on', async () => {
    const run = await cli.json('deployment', 'run', 'job/long');
    const interrupt = new AbortController();
    const watching = cli.run(['flow-run', 'watch', run.id], { signal: interrupt.signal });
    await reached(run.id, 'RUNNING').catch(() => reached(run.id, 'PENDING'));

    interrupt.abort();

    const { exitCode, stderr } = await watching;
    expect(exitCode).toBe(130);
    expect(stderr).toContain(`the run goes on. Watch it again: pushpool flow-run watch ${run.id}`);
    expect((await cli.json('flow-run', 'inspect', run.id)).end_time).toBeNull();
    await cli.run(['flow-run', 'cancel', run.id]);
  });
});
