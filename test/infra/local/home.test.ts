import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Home, startHome } from '../../../infra/local/home.ts';
import { call, createRun, makePlace, type Place } from './push-pool.ts';

describe('the local home', () => {
  let folder: string;
  let home: Home;
  let place: Place;
  const start = async () => {
    home = await startHome({ dataFolder: join(folder, 'data'), port: 0 });
    place = await makePlace(home.apiUrl);
  };
  const ended = async (id: string, state: string) =>
    await vi.waitFor(
      async () => {
        const { body } = await call(home.apiUrl, 'GET', `/flow_runs/${id}`);
        expect(body).toMatchObject({ state_type: state });
        return body;
      },
      { timeout: 15_000, interval: 50 },
    );
  const logs = async (id: string) =>
    (await call(home.apiUrl, 'POST', '/logs/filter', { logs: { flow_run_id: { any_: [id] } } })).body.map(
      (log: { message: string }) => log.message,
    );
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pushpool-test-'));
    await start();
  });
  afterEach(async () => {
    await home.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('runs a plain command to Completed in 6 billed transitions, its output in the log', async () => {
    const id = await createRun(home.app, place, "sh -c 'echo hi; exit 0'");
    await vi.waitFor(() => expect(home.engine.report(`${id}-1-1`)?.status).toBe('succeeded'));

    expect((await ended(id, 'COMPLETED')).infrastructure_pid).toBeNull();
    expect(await logs(id)).toContain('hi');
    expect(home.engine.report(`${id}-1-1`)?.transitions).toBe(6);
  });

  it('makes a run Failed by the exit code, with the last lines of output in its message', async () => {
    const id = await createRun(home.app, place, "sh -c 'echo what went wrong; exit 3'");
    const run = await ended(id, 'FAILED');

    expect(run.state.message).toContain('code 3');
    expect(run.state.message).toContain('what went wrong');
  });

  it('says of a command that is not there which one', async () => {
    const id = await createRun(home.app, place, 'no-such-command');
    const run = await ended(id, 'CRASHED');

    expect(run.state.message).toContain('The command "no-such-command" was not found in PATH');
  });

  it('starts a run when it is due and not before', async () => {
    const createdMs = Date.now();
    const id = await createRun(home.app, place, `sh -c "date +%s%3N > ${folder}/at"`, 1);
    await ended(id, 'COMPLETED');
    const startedMs = Number(readFileSync(join(folder, 'at'), 'utf8'));

    expect(startedMs - createdMs).toBeGreaterThanOrEqual(1000);
    expect(startedMs - createdMs).toBeLessThan(30_000); // by its own timer: the guards look once a minute
  });

  it('closes with runs under way and goes on with them when it starts again', async () => {
    const running = await createRun(home.app, place, `sh -c "echo x >> ${folder}/running; sleep 1.5; exit 0"`);
    const waiting = await createRun(home.app, place, `sh -c "echo x >> ${folder}/waiting"`, 2);
    await vi.waitFor(() => expect(readFileSync(join(folder, 'running'), 'utf8')).toBe('x\n'), { timeout: 5000 });

    await home.close();
    await start();
    await ended(running, 'COMPLETED');
    await ended(waiting, 'COMPLETED');

    expect(readFileSync(join(folder, 'running'), 'utf8')).toBe('x\n');
    expect(readFileSync(join(folder, 'waiting'), 'utf8')).toBe('x\n');
  });

  it('refuses a body over 5 MiB with 413 and malformed JSON with 422, and goes on', async () => {
    const post = async (body: string) =>
      (await fetch(`${home.apiUrl}/flows/`, { method: 'POST', headers: { 'content-type': 'application/json' }, body }))
        .status;

    expect(await post(`{"name":"${'a'.repeat(5.5 * 1024 * 1024)}"}`)).toBe(413);
    expect(await post('{"name":')).toBe(422);
    expect(await post('{"name":"fine"}')).toBe(201);
  });

  it('does not share its folder, and does not listen to others without keys', async () => {
    await expect(startHome({ dataFolder: join(folder, 'data'), port: 0 })).rejects.toThrow(/uses the data folder/);
    await expect(startHome({ dataFolder: join(folder, 'other'), port: 0, host: '0.0.0.0' })).rejects.toThrow(
      /PUSHPOOL_AUTH/,
    );
  });

  it('frees the folder when it cannot listen', async () => {
    const port = Number(new URL(home.apiUrl).port);
    const dataFolder = join(folder, 'other');

    await expect(startHome({ dataFolder, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await (await startHome({ dataFolder, port: 0 })).close();
  });
});
