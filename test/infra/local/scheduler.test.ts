import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFunctions } from '../../../infra/local/lambda.ts';
import { createScheduler, type LocalTimers } from '../../../infra/local/scheduler.ts';

describe('the local timers', () => {
  let folder: string;
  let timers: LocalTimers;
  let fired: { n?: number }[];
  let fault: Error | null;
  const open = () => {
    const functions = createFunctions();
    functions.register('clean', async (payload: { n?: number }) => {
      fired.push(payload);
      if (fault) throw fault;
    });
    timers = createScheduler({ dataFolder: folder, functions, log: () => {}, retrySeconds: [0.05, 0.05] });
    timers.resume();
  };
  const inMs = (ms: number) => new Date(Date.now() + ms);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pushpool-test-'));
    fired = [];
    fault = null;
    open();
  });
  afterEach(() => {
    timers.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('calls the function with the payload when the time has come, and then forgets', async () => {
    const at = inMs(100);

    await timers.set('a', at, 'clean', { n: 1 });
    await vi.waitFor(() => expect(fired).toEqual([{ n: 1 }]));

    expect(Date.now()).toBeGreaterThanOrEqual(at.getTime());
    await vi.waitFor(() => expect(timers.size).toBe(0));
  });

  it('moves a timer that is set again, and removes one that is cancelled', async () => {
    await timers.set('a', inMs(50), 'clean', { n: 1 });
    await timers.set('a', inMs(100), 'clean', { n: 2 });
    await timers.set('b', inMs(50), 'clean', { n: 3 });
    await timers.cancel('b');
    await timers.cancel('never set');
    await vi.waitFor(() => expect(timers.size).toBe(0));

    expect(fired).toEqual([{ n: 2 }]);
  });

  it('fires at every time of a cron until it is cancelled, over a restart as well', async () => {
    const everySecond = { cron: '* * * * * *', timezone: 'UTC', day_or: true };

    await timers.repeatAt('a', everySecond, 'clean', { n: 1 });
    await vi.waitFor(() => expect(fired.length).toBeGreaterThanOrEqual(2), { timeout: 10_000 });
    timers.close();
    open();
    const before = fired.length;
    await vi.waitFor(() => expect(fired.length).toBeGreaterThan(before), { timeout: 10_000 });
    await timers.cancel('a');

    expect(timers.size).toBe(0);
  });

  it('fires at once after a restart what became due meanwhile, and keeps what is not due', async () => {
    await timers.set('due', inMs(100), 'clean', { n: 1 });
    await timers.set('later', inMs(60 * 24 * 3600 * 1000), 'clean', { n: 2 });
    timers.suspend();
    await new Promise((done) => setTimeout(done, 150));
    expect(fired).toEqual([]);

    open();
    await vi.waitFor(() => expect(fired).toEqual([{ n: 1 }]));

    await vi.waitFor(() => expect(timers.size).toBe(1));
  });

  it('repeats a timer until it is cancelled, whether or not its function fails', async () => {
    fault = new Error('busy');

    await timers.repeat('watch', 0.03, 'clean', { n: 1 });
    await vi.waitFor(() => expect(fired.length).toBeGreaterThan(4), { timeout: 5000 });
    await timers.cancel('watch');

    expect(timers.size).toBe(0);
  });

  it('tries a failing function again twice, then gives up', async () => {
    fault = new Error('busy');

    await timers.set('a', new Date(), 'clean', {});
    await vi.waitFor(() => expect(timers.size).toBe(0), { timeout: 3000 });

    expect(fired).toHaveLength(3);
  });

  it('does not forget a timer that its own function sets again', async () => {
    const functions = createFunctions();
    const own = createScheduler({ dataFolder: mkdtempSync(join(folder, 'x')), functions, log: () => {} });
    let calls = 0;
    functions.register('again', async () => {
      calls += 1;
      if (calls === 1) await own.set('a', inMs(30), 'again', {});
    });
    own.resume();

    await own.set('a', new Date(), 'again', {});
    await vi.waitFor(() => expect(own.size).toBe(0));

    expect(calls).toBe(2);
    own.close();
  });

  it('refuses a name that EventBridge would refuse', async () => {
    await expect(timers.set('a b', new Date(), 'clean', {})).rejects.toThrow(/1 to 64/);
  });
});
