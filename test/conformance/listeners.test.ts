import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Home, startHome } from '../../infra/local/home.ts';
import { ensureVenv, PREFECT } from '../../infra/local/python-venv.ts';
import { timerFired } from '../../shared/lifecycle/timer-fired.ts';
import { keys } from '../../shared/store/keys.ts';
import { FLOWS_FOLDER } from './runs.ts';
import { waitUntil } from './waiting.ts';

const HOUR_MS = 3_600_000;

/** Prefect's own observer of cancellation, as in `flow.serve()` and workers, at a gateway that ends what is silent or old (rule 13). */
describe.sequential('whoever watches for the cancellation of a run', () => {
  let folder: string;
  let home: Home;
  let runId: string;
  let observer: ChildProcess;
  let output: string;
  let python: string;
  beforeEach(async () => {
    python = path.join(await ensureVenv(PREFECT), 'python');
    folder = mkdtempSync(path.join(tmpdir(), 'pushpool-listeners-'));
  });
  afterEach(async () => {
    observer.kill('SIGKILL');
    await home.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const call = async (route: string, body: object): Promise<{ id: string }> => {
    const answer = await fetch(`${home.apiUrl}${route}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return (await answer.json()) as { id: string };
  };

  /** A home, a run, and somebody who watches it. */
  async function observe(): Promise<void> {
    home = await startHome({ dataFolder: path.join(folder, 'data'), port: 0 });
    const flow = await call('/flows/', { name: 'f' });
    runId = (await call('/flow_runs/', { flow_id: flow.id, state: { type: 'RUNNING' } })).id;
    output = '';
    observer = spawn(python, [path.join(FLOWS_FOLDER, 'observe.py'), runId], {
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        PREFECT_HOME: folder,
        PREFECT_API_URL: home.apiUrl,
        DO_NOT_TRACK: '1',
      },
    });
    observer.stdout!.on('data', (text) => (output += text));
    observer.stderr!.on('data', (text) => (output += text));
    await until('listening', () => output.includes('listening') && home.timers.size > 0);
  }
  const until = (what: string, isSo: () => boolean | Promise<boolean>) =>
    waitUntil(async () => isSo(), { seconds: 120, what: `the observer to be ${what}`, everyMilliseconds: 50 }).catch(
      (error) => {
        throw new Error(`${error.message}\n${output.slice(-2000)}`);
      },
    );
  /** Fires the timers of the sockets that listen, as if they had been there so long. */
  async function fire(ageMs: number): Promise<void> {
    const since = new Date(Date.now() - ageMs).toISOString();
    const page = await home.app.store.connections.subscriptionsAt(keys.subscription('flow-run', 0, '').pk);
    for (const { connectionId } of page)
      await timerFired(home.app, { kind: 'listener', connection_id: connectionId, since });
    expect(page).toHaveLength(1);
  }
  const cancel = () => call(`/flow_runs/${runId}/set_state`, { state: { type: 'CANCELLING' } });
  const hears = () => until('told', () => output.includes(`cancelling ${runId}`));

  it('hears of it, whatever its socket was sent before to keep it open', async () => {
    await observe();
    for (let times = 0; times < 3; times++) await fire(0);

    await cancel();

    await hears();
    expect(output).not.toContain('asking');
  }, 240_000);

  it('hears of it after two hours, since its socket was made to connect anew: also of what was between', async () => {
    await observe();
    await fire(2 * HOUR_MS);
    await cancel();

    await hears();
    expect(output).not.toContain('asking');
  }, 240_000);

  it('asks by itself after two hours where the gateway can only end its socket', async () => {
    await observe();
    Object.assign(home.app, { realtime: { ...home.sockets, renew: async () => false } });
    await fire(2 * HOUR_MS);
    await until('asking', () => output.includes('asking'));

    await cancel();

    await hears();
  }, 240_000);
});
