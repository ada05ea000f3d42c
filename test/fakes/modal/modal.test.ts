import { ModalClient } from 'modal';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FakeModal } from './modal.ts';

/** The fake is right when Modal's own client, which we did not write, is content with it. */
describe("the fake Modal under Modal's own client", () => {
  let fake: FakeModal;
  let modal: ModalClient;
  beforeAll(async () => {
    fake = await FakeModal.start();
    process.env['MODAL_SERVER_URL'] = fake.url;
    modal = new ModalClient({ tokenId: 'ak-test', tokenSecret: 'as-test', maxThrottleWaitSecs: 5, logLevel: 'error' });
  });
  afterAll(() => {
    fake.close();
    delete process.env['MODAL_SERVER_URL'];
  });
  beforeEach(() => {
    fake.faults.clear();
    fake.requests.length = 0;
  });

  const create = async (name: string, params: Record<string, unknown> = {}) => {
    const app = await modal.apps.fromName('app', { createIfMissing: true });
    const image = modal.images.fromRegistry('python:3.12');
    return modal.sandboxes.create(app, image, {
      name,
      command: ['true'],
      env: { A: 'b' },
      timeoutMs: 60_000,
      ...params,
    });
  };
  const stored = (id: string) => fake.account.sandboxes.all.find((sandbox) => sandbox.id === id)!;

  it('runs the whole way from an app to a sandbox, its output and its end', async () => {
    const sandbox = await create('whole-way', { tags: { a: 'b' } });
    stored(sandbox.sandboxId).output.push({ atSeconds: fake.clock.now(), text: 'hello\n', fd: 'STDOUT' });
    const before = await sandbox.poll();
    fake.account.sandboxes.end(stored(sandbox.sandboxId), { status: 'GENERIC_STATUS_FAILURE', exitcode: 3 });

    expect(before).toBeNull();
    expect(await sandbox.poll()).toBe(3);
    expect(stored(sandbox.sandboxId)).toMatchObject({
      version: 2,
      name: 'whole-way',
      env: { A: 'b' },
      tags: { a: 'b' },
    });
    const lines = await Array.fromAsync(sandbox.logs.tail({ entries: 5 }), ({ message }) => message);
    expect(lines).toEqual(['hello\n']);
    expect(fake.violations).toEqual([]);
  });

  it('gives a GPU a sandbox of the first version, whose id the client tells apart', async () => {
    const sandbox = await create('with-gpu', { gpu: 'T4' });

    expect(sandbox.sandboxId).toMatch(/^sb-[0-9A-Za-z]{22}$/);
    expect(stored(sandbox.sandboxId)).toMatchObject({ version: 1, env: { A: 'b' } });
    await sandbox.terminate();
    expect(await sandbox.poll()).toBe(137);
  });

  it('refuses a name that a running sandbox has, and gives it free at the end', async () => {
    const first = await create('taken');

    await expect(create('taken')).rejects.toThrow(/already exists/);
    await first.terminate();
    await expect(create('taken')).resolves.toBeDefined();
  });

  it('finds by name, ended ones only where they are asked for', async () => {
    const sandbox = await create('by-name');
    await sandbox.terminate();

    await expect(modal.sandboxes.fromName('app', 'by-name')).rejects.toThrow(/not found/i);
    const found = await modal.sandboxes.fromName('app', 'by-name', { includeTerminated: true });
    expect(found.sandboxId).toBe(sandbox.sandboxId);
  });

  it('lists what runs, page by page, by tags', async () => {
    for (let n = 0; n < 12; n++) {
      await create(`listed-${n}`, { tags: { batch: 'x' } });
      fake.clock.advance(1);
    }
    const { appId } = await modal.apps.fromName('app');

    const found = await Array.fromAsync(modal.sandboxes.list({ appId, tags: { batch: 'x' } }));

    expect(found).toHaveLength(12);
    expect(fake.of('SandboxListV2')).toHaveLength(3);
  });

  it('throttles with a delay that the client obeys, and loses connections', async () => {
    const sandbox = await create('faults');
    fake.faults.add({
      on: 'SandboxWaitV2',
      when: 'before',
      do: { code: 'RESOURCE_EXHAUSTED', retryAfterSeconds: 0.1 },
    });
    fake.faults.add({ on: 'SandboxWaitV2', nth: 2, when: 'after', do: 'reset' });

    await sandbox.poll();

    const throttleAttempts = fake.of('SandboxWaitV2').map(({ metadata }) => metadata['x-throttle-retry-attempt']);
    expect(throttleAttempts).toEqual(['0', '1', '1']);
  });

  it('refuses another token, and counts what no client may do as a violation', async () => {
    const stranger = new ModalClient({ tokenId: 'ak-test', tokenSecret: 'as-other' });

    await expect(stranger.apps.fromName('app')).rejects.toMatchObject({ code: 16 });
    expect(fake.violations).toEqual([]);
    await expect(fake.rawCall('SandboxListV2', {})).rejects.toMatchObject({ code: 16 });
    expect(fake.violations).toEqual(['SandboxListV2: no x-modal-client-type']);
    fake.admission.violations.length = 0;
  });
});
