import { ModalClient } from 'modal';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Method } from '../../../fakes/modal/wire.ts';
import { attempt, jobWith, modal } from './modal-target.ts';

let home: Awaited<ReturnType<typeof modal>>;
beforeEach(async () => {
  home = await modal();
});
afterEach(() => home.fake.close());

/**
 * The requests are ours, not the SDK's `create()`, which waits and repeats where a function must not (docs/decisions/030): they must
 * say the same.
 */
describe('a request to create a sandbox', () => {
  const FULL = {
    ...{ cpu: 1.5, cpu_limit: 2, memory: 512, memory_limit: 1024, timeout: 600, workdir: '/work', cloud: 'aws' },
    ...{ region: ['us-east', 'eu'], block_network: true, include_oidc_identity_token: true, secrets: ['s'] },
  };

  it.each<[string, object, Method]>([
    ['with everything', FULL, 'SandboxCreateV2'],
    ['with nothing', {}, 'SandboxCreateV2'],
    ['with a GPU and everything', { ...FULL, gpu: 'a100-80gb:2' }, 'SandboxCreate'],
    ['with a GPU', { gpu: 'T4' }, 'SandboxCreate'],
  ])('is the one of the SDK: %s', async (_, more, method) => {
    home.fake.account.addSecret('s', { S: '1' });
    const job = jobWith({ cpu: null, memory: null, ...more });
    await home.target().submit(job, attempt());
    const [sandbox] = home.sandboxes.all;
    home.sandboxes.terminate(sandbox!);

    await createWithSdk(more as Partial<typeof FULL & { gpu: string }>, sandbox!.name, sandbox!.tags);

    const [ours, sdks] = home.fake.of(method).map(({ request }) => withoutRandomIds(request));
    expect(ours).toEqual(sdks);
    const images = home.fake.of('ImageGetOrCreate').map(({ request }) => request);
    expect(images[0]).toEqual(images[1]);
  });

  async function createWithSdk(
    more: Partial<typeof FULL & { gpu: string }>,
    name: string,
    tags: Record<string, string>,
  ) {
    process.env['MODAL_SERVER_URL'] = home.fake.url;
    const sdk = new ModalClient({ tokenId: 'ak-test', tokenSecret: 'as-test' });
    delete process.env['MODAL_SERVER_URL'];
    const app = await sdk.apps.fromName('prefect-My-pool', { createIfMissing: true });
    const { command, env, image } = jobWith() as { command: string; env: Record<string, string>; image: string };
    expect(command).toBe("python -c 'print(1)'");
    await sdk.sandboxes.create(app, sdk.images.fromRegistry(image), {
      ...{ name, tags, env, command: ['python', '-c', 'print(1)'] },
      ...(more.cpu && { cpu: more.cpu }),
      ...(more.cpu_limit && { cpuLimit: more.cpu_limit }),
      ...(more.memory && { memoryMiB: more.memory }),
      ...(more.memory_limit && { memoryLimitMiB: more.memory_limit }),
      ...(more.workdir && { workdir: more.workdir }),
      ...(more.cloud && { cloud: more.cloud }),
      ...(more.region && { regions: more.region }),
      ...(more.block_network && { blockNetwork: true }),
      ...(more.include_oidc_identity_token && { includeOidcIdentityToken: true }),
      ...(more.secrets && { secrets: await Promise.all(more.secrets.map((one) => sdk.secrets.fromName(one))) }),
      ...(more.gpu && { gpu: more.gpu }),
      timeoutMs: (more.timeout ?? 3600) * 1000,
    });
  }
});

/** The environment of a GPU's sandbox is a secret of its own each time. */
const withoutRandomIds = (request: object): unknown =>
  JSON.parse(JSON.stringify(request).replaceAll(/"st-[0-9A-Za-z]+"/g, '"st"'));
