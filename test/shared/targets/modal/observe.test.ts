import { ModalClient } from 'modal';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Observation, Ref } from '../../../../shared/targets/target.ts';
import type { GenericResult } from '../../../fakes/modal/wire.ts';
import { attempt, jobWith, modal } from './modal-target.ts';

let home: Awaited<ReturnType<typeof modal>>;
beforeEach(async () => {
  home = await modal();
});
afterEach(() => {
  home.fake.close();
  expect(home.fake.violations).toEqual([]);
});
const submit = async (more: object = {}, n = 1): Promise<Ref> =>
  (await home.target().submit(jobWith({ ...more }), attempt(n))).ref;
const last = () => home.sandboxes.all.at(-1)!;
const both = [null, 'T4'];

describe('one look at a sandbox', () => {
  it.each(both)('shows it starting, then running, then ended (GPU: %s)', async (gpu) => {
    const job = jobWith({ gpu });
    const ref = await submit({ gpu });
    const look = async () => (await home.target().describe(job, ref)).phase;

    const phases = [await look()];
    home.fake.clock.advance(5);
    phases.push(await look());
    home.sandboxes.end(last(), { status: 'GENERIC_STATUS_SUCCESS' });
    phases.push(await look());
    home.sandboxes.forget(last());
    phases.push(await look());

    expect(phases).toEqual(['provisioning', 'running', 'succeeded', 'gone']);
  });

  it.each<[GenericResult, Partial<Observation>]>([
    [
      { status: 'GENERIC_STATUS_SUCCESS', exitcode: 0 },
      { phase: 'succeeded', exitCode: 0, cause: 'exit' },
    ],
    [
      { status: 'GENERIC_STATUS_FAILURE', exitcode: 3 },
      { phase: 'failed', exitCode: 3, cause: 'exit' },
    ],
    [
      { status: 'GENERIC_STATUS_FAILURE', exitcode: 137 },
      { phase: 'failed', exitCode: 137, cause: 'exit' },
    ],
    [
      { status: 'GENERIC_STATUS_FAILURE', exitcode: 137, exception: 'Out of memory' },
      { phase: 'failed', cause: 'oom' },
    ],
    [{ status: 'GENERIC_STATUS_TERMINATED' }, { phase: 'stopped', exitCode: 137, cause: 'user-stop' }],
    [{ status: 'GENERIC_STATUS_TIMEOUT' }, { phase: 'failed', cause: 'timeout' }],
    [
      { status: 'GENERIC_STATUS_INIT_FAILURE', exception: 'no such file' },
      { phase: 'failed', cause: 'config' },
    ],
    [
      { status: 'GENERIC_STATUS_INIT_FAILURE', exception: 'image pull failed' },
      { phase: 'failed', cause: 'image-pull' },
    ],
    [{ status: 'GENERIC_STATUS_INTERNAL_FAILURE' }, { phase: 'stopped', cause: 'host' }],
    [{ status: 'GENERIC_STATUS_IDLE_TIMEOUT' }, { phase: 'stopped', cause: 'timeout' }],
    [{ status: 'GENERIC_STATUS_MEMORY_MANAGER_EVICTION' }, { phase: 'failed', cause: 'oom' }],
    [{ status: 'GENERIC_STATUS_MEMORY_THRASHING_EVICTION' }, { phase: 'failed', cause: 'oom' }],
    [{ status: 'GENERIC_STATUS_KERNEL_OOM_KILL' }, { phase: 'failed', cause: 'oom' }],
  ])('reads %j', async (result, expected) => {
    const ref = await submit();
    home.sandboxes.end(last(), result);

    const seen = await home.target().describe(jobWith(), ref);

    expect(seen).toMatchObject(expected);
    expect(seen.message).toMatch(/^(The|Modal) .*\.|Modal says: /);
    if (result.exception) expect(seen.message).toContain(result.exception);
  });

  it("does not take the SDK's word: its poll() calls a sandbox that never started a success", async () => {
    const ref = await submit();
    home.sandboxes.end(last(), { status: 'GENERIC_STATUS_INIT_FAILURE', exception: 'no such file', exitcode: 0 });
    process.env['MODAL_SERVER_URL'] = home.fake.url;
    const sdk = new ModalClient({ tokenId: 'ak-test', tokenSecret: 'as-test' });
    delete process.env['MODAL_SERVER_URL'];

    expect(await (await sdk.sandboxes.fromId(ref.pid)).poll()).toBe(0);
    const seen = await home.target().describe(jobWith(), ref);
    expect(seen).toMatchObject({ phase: 'failed', message: expect.stringContaining('no such file') });
    expect(seen.exitCode).toBeUndefined();
  });

  it('names the limit that a sandbox ran into', async () => {
    const ref = await submit({ timeout: 60 });
    home.fake.clock.advance(100);

    expect(await home.target().describe(jobWith({ timeout: 60 }), ref)).toMatchObject({
      cause: 'timeout',
      message: expect.stringContaining("'timeout' allows (60 s)"),
    });
  });
});

describe('stopping a sandbox', () => {
  it.each(both)('asks for its end once and may be repeated (GPU: %s)', async (gpu) => {
    const job = jobWith({ gpu });
    const ref = await submit({ gpu });
    home.sandboxes.stopAfterSeconds = 10;
    const stop = () => home.target().stop(job, ref, 'test');

    const answers = [await stop(), await stop()];
    home.fake.clock.advance(10);
    answers.push(await stop());
    home.sandboxes.forget(last());
    answers.push(await stop());

    expect(answers).toEqual(['stopping', 'stopping', 'already-stopped', 'not-found']);
  });

  it('works though the pool names another app by now', async () => {
    const ref = await submit();

    expect(await home.target().stop(jobWith({ app_name: 'other' }), ref, 'test')).toBe('stopping');
  });
});

describe('the list of a place', () => {
  it('holds what runs there of both versions, page by page, and nothing that has ended or is not ours', async () => {
    const refs: Ref[] = [];
    for (let n = 1; n <= 12; n++) {
      refs.push(await submit({ gpu: n % 2 ? null : 'T4' }, n));
      home.fake.clock.advance(1);
    }
    await submit({ app_name: 'elsewhere' }, 13);
    home.sandboxes.end(home.sandboxes.all[3]!, { status: 'GENERIC_STATUS_SUCCESS' });
    const expected = refs.filter((_, n) => n !== 3).map(({ pid }) => pid);

    for (const known of [refs, []]) {
      const listed = await home.target().list(jobWith(), known);

      expect(listed.map(({ ref }) => ref.pid).sort()).toEqual([...expected].sort());
      expect(listed.map(({ at }) => at.attempt).sort((a, b) => a - b)).toEqual([1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12]);
      expect(new Set(listed.map(({ ref }) => ref.key['place']))).toEqual(new Set([refs[0]?.key['place']]));
    }
  });

  it('costs one request for each page, however many sandboxes have ended', async () => {
    const refs = [await submit({}, 1)];
    for (let n = 2; n < 30; n++) {
      await submit({}, n);
      home.sandboxes.end(last(), { status: 'GENERIC_STATUS_SUCCESS' });
    }
    home.fake.requests.length = 0;

    await home.target().list(jobWith(), refs);

    expect(home.fake.of('SandboxListV2')).toHaveLength(2);
  });

  it('is empty where nothing was ever submitted', async () => {
    expect(await home.target().list(jobWith(), [])).toEqual([]);
  });
});

describe('the logs of a sandbox', () => {
  it.each(both)('are its last lines, oldest first, after its end too (GPU: %s)', async (gpu) => {
    const ref = await submit({ gpu });
    home.fake.clock.advance(5);
    last().output.push(
      { atSeconds: home.fake.clock.now(), text: 'one\ntwo\n', fd: 'STDOUT' },
      { atSeconds: home.fake.clock.now() + 0.5, text: 'three\r\n', fd: 'STDERR' },
    );
    home.fake.clock.advance(7200);
    home.sandboxes.end(last(), { status: 'GENERIC_STATUS_SUCCESS' });

    const lines = await home.target().logs(jobWith({ gpu }), ref, { tail: 2 });

    expect(lines.map(({ text }) => text)).toEqual(['two', 'three']);
    expect(lines[1]?.timestamp).toMatch(/^\d{4}-.*Z$/);
  });

  it('are empty before the start, for a sandbox that is gone, and when Modal does not give them', async () => {
    home.sandboxes.startAfterSeconds = 1000;
    const ref = await submit({ gpu: 'T4' });
    const read = () => home.target().logs(jobWith(), ref, { tail: 5 });

    expect(await read()).toEqual([]);
    home.fake.clock.advance(2000);
    home.fake.faults.add({ on: 'AppFetchLogs', when: 'before', do: { code: 'PERMISSION_DENIED' } });
    expect(await read()).toEqual([]);
    home.sandboxes.forget(last());
    expect(await read()).toEqual([]);
  });

  it('carry a line of a megabyte and whatever bytes were printed', async () => {
    const ref = await submit();
    const text = `${'x'.repeat(1_000_000)}\u0000\ufffd`;
    last().output.push({ atSeconds: home.fake.clock.now(), text, fd: 'STDOUT' });

    expect(await home.target().logs(jobWith(), ref, { tail: 5 })).toMatchObject([{ text }]);
  });
});

describe('the clean-up of a sandbox', () => {
  it('has nothing to do', async () => {
    const ref = await submit();
    home.fake.requests.length = 0;

    expect(await home.target().cleanUp(jobWith(), ref)).toBe('done');
    expect(home.fake.requests).toEqual([]);
  });
});
