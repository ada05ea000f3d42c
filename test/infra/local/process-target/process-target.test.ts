import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, utimesSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { identify } from '../../../../infra/local/process-identity.ts';
import {
  createProcessTarget,
  type ProcessTarget,
  type ProcessTargetOptions,
} from '../../../../infra/local/process-target/process-target.ts';
import type { ContainerEndedEvent } from '../../../../infra/local/process-target/watch.ts';
import { WRAPPER } from '../../../../infra/local/process-target/wrapper.ts';

const RUN = '01890000-0000-7000-8000-000000000001';
const AT = { flowRunId: RUN, attempt: 1 };

describe('the process target', () => {
  let folder: string;
  let ended: ContainerEndedEvent[];
  let target: ProcessTarget;
  const open = (options: Partial<ProcessTargetOptions> = {}) =>
    createProcessTarget({
      dataFolder: folder,
      onEnded: async (event) => void ended.push(event),
      log: () => {},
      ...options,
    });
  const sh = (script: string) => ({ command: `sh -c '${script}'` });
  const end = async () => await vi.waitFor(() => expect(ended).toHaveLength(1), { timeout: 10_000, interval: 10 });
  const lines = (name: string) => readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean);
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'pushpool-test-')));
    ended = [];
    target = open();
  });
  afterEach(async () => {
    for (const { ref } of await target.list()) await target.stop({}, ref, 'the test is over');
    target.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it('runs the command and tells its end with the exit code', async () => {
    const { ref, adopted } = await target.submit(sh('exit 0'), AT);
    await end();

    expect(adopted).toBe(false);
    expect(ref).toEqual({
      pid: expect.stringMatching(new RegExp(`^${hostname()}:\\d+$`)),
      key: { flow_run_id: RUN, attempt: '1' },
    });
    expect(ended[0]).toMatchObject({ flow_run_id: RUN, attempt: 1, observation: { phase: 'succeeded', exitCode: 0 } });
  });

  it('keeps the output with the times at which it came', async () => {
    const startedMs = Date.now();
    const { ref } = await target.submit(sh('echo first; sleep 0.3; echo second >&2; printf third; exit 3'), AT);
    await end();
    const log = await target.logs({}, ref, { tail: 10 });

    expect(log.map((line) => line.text)).toEqual(['first', 'second', 'third']);
    expect(Date.parse(log[0]!.timestamp!)).toBeGreaterThanOrEqual(startedMs);
    expect(Date.parse(log[1]!.timestamp!) - Date.parse(log[0]!.timestamp!)).toBeGreaterThan(200);
    expect(await target.logs({}, ref, { tail: 1 })).toHaveLength(1);
    expect(await target.describe({}, ref)).toMatchObject({ phase: 'failed', exitCode: 3, cause: 'exit' });
  });

  it("gives the command the job's environment over a small one of the home, and nothing of the home's own settings", async () => {
    target.close();
    target = open({
      homeEnv: { PATH: process.env['PATH'], HOME: '/h', PUSHPOOL_AUTH: '1', PREFECT_API_KEY: 'secret', TZ: 'UTC' },
    });
    const { ref } = await target.submit(
      { command: 'env', env: { GIVEN: 'a b', NUMBER: 3, TZ: null, folder: 'kept' } },
      AT,
    );
    await end();
    const env = (await target.logs({}, ref, { tail: 100 })).map((line) => line.text);

    expect(env).toEqual(expect.arrayContaining(['GIVEN=a b', 'NUMBER=3', 'HOME=/h', 'folder=kept']));
    expect(env.filter((line) => /^(PUSHPOOL|PREFECT|TZ|_pp)/.test(line))).toEqual([]);
  });

  it('works in a folder of the attempt when the job names none, and in the named one otherwise', async () => {
    const { ref } = await target.submit({ command: 'pwd' }, AT);
    const second = await target.submit({ command: 'pwd', working_dir: folder }, { ...AT, attempt: 2 });
    await vi.waitFor(() => expect(ended).toHaveLength(2));

    expect((await target.logs({}, ref, { tail: 1 }))[0]?.text).toBe(join(folder, 'runs', RUN, '1', 'work'));
    expect((await target.logs({}, second.ref, { tail: 1 }))[0]?.text).toBe(folder);
  });

  it('says clearly what is not there', async () => {
    const missing = target.submit({ command: 'no-such-command --x', env: { PATH: '/bin' } }, AT);
    await expect(missing).rejects.toMatchObject({
      name: 'TerminalError',
      message: expect.stringContaining('"no-such-command" was not found in PATH (/bin)'),
    });
    const nowhere = target.submit({ command: 'true', working_dir: '/no/such/folder' }, AT);
    await expect(nowhere).rejects.toThrow(/working directory \/no\/such\/folder does not exist/);
    await expect(target.submit({ command: "sh -c 'x" }, AT)).rejects.toThrow(/without its end/);

    const { ref } = await target.submit(sh('no-such-command'), AT);
    await end();
    expect(await target.describe({}, ref)).toMatchObject({
      exitCode: 127,
      message: expect.stringContaining('not found'),
    });
  });

  it('starts one process per attempt, however often and at once it is submitted', async () => {
    const job = sh(`echo started >> ${folder}/started; sleep 0.2`);

    const first = await Promise.all([1, 2, 3, 4].map(() => target.submit(job, AT)));
    const again = await target.submit(job, AT);
    await end();
    const late = await target.submit(job, AT);

    expect(lines('started')).toHaveLength(1);
    expect(new Set([...first, again, late].map(({ ref }) => ref.pid)).size).toBe(1);
    expect([again.adopted, late.adopted]).toEqual([true, true]);
    expect(first.filter(({ adopted }) => !adopted)).toHaveLength(1);
  });

  it('starts none beside a wrapper that a killed home had spawned and not recorded', async () => {
    const path = join(folder, 'runs', RUN, '1');
    execFileSync('mkdir', ['-p', path]);
    const command = ['sh', '-c', `echo orphan >> ${folder}/started; sleep 0.3`];
    const orphan = spawn('/bin/sh', ['-c', WRAPPER, 'x', path, ...command], { detached: true, stdio: 'ignore' });

    const { ref } = await target.submit(sh(`echo ours >> ${folder}/started; sleep 0.3`), AT);
    await end();

    expect(lines('started')).toHaveLength(1);
    expect(ended).toHaveLength(1);
    expect(ref.pid.endsWith(`:${orphan.pid}`)).toBe(lines('started')[0] === 'orphan');
  });

  it('stops with SIGTERM, which the command may use to end well', async () => {
    const { ref } = await target.submit(sh('trap "echo bye; exit 5" TERM; echo up; while :; do sleep 0.05; done'), AT);
    await vi.waitFor(async () => expect(await target.logs({}, ref, { tail: 1 })).toHaveLength(1));

    expect(await target.stop({}, ref, 'the flow run was cancelled')).toBe('stopping');
    await end();

    expect((await target.logs({}, ref, { tail: 5 })).map((line) => line.text)).toContain('bye');
    expect(ended[0]?.observation).toMatchObject({ exitCode: 5 });
    expect(await target.stop({}, ref, 'again')).toBe('already-stopped');
    expect(await target.stop({}, { ...ref, key: { ...ref.key, attempt: '9' } }, 'nobody')).toBe('not-found');
  });

  it('kills the whole group after the grace', async () => {
    target.close();
    target = open({ graceSeconds: 0.2 });
    const { ref } = await target.submit(sh('trap "" TERM; echo $$; sleep 30 & wait; sleep 30'), AT);
    const child = await vi.waitFor(async () => Number((await target.logs({}, ref, { tail: 1 }))[0]!.text));

    await target.stop({}, ref, 'the flow run was cancelled');
    await end();

    expect(ended[0]?.observation).toMatchObject({ phase: 'stopped', cause: 'user-stop' });
    expect(ended[0]?.observation.message).toContain('the flow run was cancelled');
    await vi.waitFor(() => expect(identify(child)).toBeNull());
  });

  it('tells a process that the system killed from one that ended by itself', async () => {
    const { ref } = await target.submit(sh('kill -KILL $$'), AT);
    await end();

    expect(await target.describe({}, ref)).toMatchObject({ phase: 'failed', exitCode: 137, cause: 'oom' });
  });

  it('notices the end of everything at once when wrapper and command are killed together', async () => {
    const { ref } = await target.submit(sh('sleep 30'), AT);

    process.kill(-Number(ref.pid.split(':')[1]), 'SIGKILL');
    await end();

    expect(ended[0]?.observation).toMatchObject({ phase: 'stopped', cause: 'unknown' });
  });

  describe('after a restart of the home', () => {
    it('adopts what runs and tells its end', async () => {
      const { ref } = await target.submit(sh('sleep 0.5; exit 4'), AT);
      target.close();

      target = open();
      target.resume();
      expect(await target.describe({}, ref)).toMatchObject({ phase: 'running' });
      expect(await target.submit(sh('exit 0'), AT)).toMatchObject({ adopted: true, ref });
      await end();

      expect(ended[0]?.observation).toMatchObject({ phase: 'failed', exitCode: 4 });
    });

    it('reports what ended while no home was there, once', async () => {
      await target.submit(sh('sleep 0.1; exit 6'), AT);
      target.close();
      await vi.waitFor(() => expect(existsSync(join(folder, 'runs', RUN, '1', 'exit'))).toBe(true));

      target = open();
      target.resume();
      await end();
      await vi.waitFor(() => expect(existsSync(join(folder, 'runs', RUN, '1', 'reported'))).toBe(true));
      target.close();
      target = open();
      target.resume();
      await new Promise((done) => setTimeout(done, 300));

      expect(ended.map((event) => event.observation.exitCode)).toEqual([6]);
    });

    it('goes on with a stop whose grace had begun', async () => {
      target.close();
      target = open({ graceSeconds: 0.5 });
      const { ref } = await target.submit(sh('trap "" TERM; sleep 30'), AT);
      await target.stop({}, ref, 'the flow run was cancelled');
      target.close();

      target = open({ graceSeconds: 0.5 });
      target.resume();
      await end();

      expect(ended[0]?.observation.cause).toBe('user-stop');
    });
  });

  it('tells again what the door could not take', async () => {
    target.close();
    let calls = 0;
    target = open({
      onEnded: async (event) => {
        calls += 1;
        if (calls === 1) throw new Error('busy');
        ended.push(event);
      },
    });
    await target.submit(sh('exit 0'), AT);
    await end();

    expect(calls).toBe(2);
  });

  it('cleans up only what has ended, keeps the output for a while, and never starts that attempt again', async () => {
    const { ref } = await target.submit(sh('echo hi; sleep 0.3'), AT);
    expect(await target.cleanUp({}, ref)).toBe('later');
    await end();

    expect(await target.cleanUp({}, ref)).toBe('done');
    expect(await target.cleanUp({}, ref)).toBe('done');
    expect(existsSync(join(folder, 'runs', RUN, '1', 'work'))).toBe(false);
    expect((await target.logs({}, ref, { tail: 5 })).map((line) => line.text)).toEqual(['hi']);
    expect((await target.submit(sh('echo again'), AT)).adopted).toBe(true);

    utimesSync(join(folder, 'runs', RUN, '1', 'cleaned'), 0, 0);
    target.close();
    target = open();
    target.resume();
    expect(existsSync(join(folder, 'runs', RUN))).toBe(false);
    expect(await target.describe({}, ref)).toMatchObject({ phase: 'gone' });
    expect(await target.cleanUp({}, ref)).toBe('done');
  });

  it('echoes the output of jobs that stream it', async () => {
    const echoed: string[] = [];
    target.close();
    target = open({ echo: (_run, text) => void echoed.push(text) });

    await target.submit({ ...sh('echo loud'), stream_output: true }, AT);
    await target.submit({ ...sh('echo quiet'), stream_output: false }, { ...AT, attempt: 2 });
    await vi.waitFor(() => expect(ended).toHaveLength(2));

    expect(echoed.join('')).toBe('loud\n');
  });
});
