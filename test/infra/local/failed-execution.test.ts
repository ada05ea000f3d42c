import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLifecycleHandler } from '../../../functions/lifecycle/handler.ts';
import { type Home, startHome } from '../../../infra/local/home.ts';
import { createRun, makePlace } from './push-pool.ts';

describe('an execution that fails in the local home', () => {
  let dataFolder: string;
  let home: Home;
  beforeEach(async () => {
    dataFolder = mkdtempSync(join(tmpdir(), 'pushpool-failed-'));
    home = await startHome({ dataFolder, port: 0 });
  });
  afterEach(async () => {
    await home.close();
    rmSync(dataFolder, { recursive: true, force: true });
  });

  /** So many executions fail at their first step, for good. */
  function breaks(times: number): void {
    const works = createLifecycleHandler(home.app);
    let left = times;
    home.functions.register('lifecycle', (event) => {
      if (left === 0) return works(event);
      if (event.step === 'abandon') left--;
      throw new Error('broken');
    });
  }
  const until = (id: string, type: string) =>
    vi.waitFor(
      async () => {
        const doc = (await home.app.store.flowRuns.get(id))!;
        expect(doc.run.state?.type).toBe(type);
        return doc;
      },
      { timeout: 30_000 },
    );

  it('is followed by another, which ends its run', async () => {
    breaks(2);
    const id = await createRun(home.app, await makePlace(home.apiUrl), "sh -c 'exit 0'");

    expect((await until(id, 'COMPLETED')).life).toMatchObject({ attempt: 1, generation: 3 });
  });

  it('again and again ends its run, which says so', async () => {
    breaks(4);
    const id = await createRun(home.app, await makePlace(home.apiUrl), "sh -c 'exit 0'");

    expect((await until(id, 'CRASHED')).run.state?.message).toMatch(/^4 executions .* failed \(FAILED\)/);
  });
});
