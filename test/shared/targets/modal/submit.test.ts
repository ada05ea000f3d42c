import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { modalType } from '../../../../shared/api/worker-metadata/modal-type.ts';
import type { JsonObject } from '../../../../shared/domain/json/json.ts';
import type { Misbehaviour } from '../../../fakes/modal/faults.ts';
import { attempt, jobWith, modal } from './modal-target.ts';

let home: Awaited<ReturnType<typeof modal>>;
beforeEach(async () => {
  home = await modal();
});
afterEach(() => {
  home.fake.close();
  expect(home.fake.violations).toEqual([]);
});
const creates = () => home.fake.requests.filter(({ method }) => method.startsWith('SandboxCreate'));

describe('submitting to Modal', () => {
  it('creates one sandbox of the second version, in one request that holds everything', async () => {
    const { ref, adopted, warnings } = await home.target().submit(jobWith({ region: ['us-east', 'eu'] }), attempt());

    expect({ adopted, warnings }).toEqual({ adopted: false, warnings: [] });
    const [sandbox] = home.sandboxes.all;
    expect(ref.pid).toBe(sandbox?.id);
    expect(sandbox).toMatchObject({
      version: 2,
      name: expect.stringMatching(/^Gr--e-an-alle-[0-9a-f]{12}$/),
      env: { PREFECT__FLOW_RUN_ID: 'r', PREFECT_API_KEY: 'secret' },
      tags: { 'prefect.io-flow-run-id': 'r', 'pushpool.flow-run-id': attempt().flowRunId, 'pushpool.attempt': '1' },
      definition: {
        entrypoint_args: ['python', '-c', 'print(1)'],
        timeout_secs: 3600,
        network_access: { network_access_type: 'OPEN' },
        scheduler_placement: { regions: ['us-east', 'eu'] },
      },
    });
    expect([...home.fake.account.apps.values()]).toMatchObject([{ name: 'prefect-My-pool', environment: 'main' }]);
  });

  it('needs five requests the first time and three after that', async () => {
    const target = home.target();
    const count = async (n: number) => {
      home.fake.requests.length = 0;
      await target.submit(jobWith(), attempt(n, { mayExist: false }));
      return home.fake.requests.map(({ method }) => method);
    };

    expect((await count(1)).sort()).toEqual([
      'AppGetOrCreate',
      'AuthTokenGet',
      'EnvironmentGetOrCreate',
      'ImageGetOrCreate',
      'SandboxCreateV2',
    ]);
    expect(await count(2)).toEqual(['AppGetOrCreate', 'ImageGetOrCreate', 'SandboxCreateV2']);
  });

  it.each([null, 'T4'])('passes on what a customised job configuration adds (gpu: %s)', async (gpu) => {
    const volumeMounts = [{ volumeId: 'vo-1', mountPath: '/data', readOnly: true }];
    const resources = { ephemeralDiskMb: 600_000 };

    await home
      .target()
      .submit(
        jobWith({ gpu, cpu: 2, sandbox_definition: { volumeMounts, resources, idleTimeoutSecs: 60 } }),
        attempt(),
      );

    expect(home.sandboxes.all).toMatchObject([
      {
        definition: {
          volume_mounts: [{ volume_id: 'vo-1', mount_path: '/data', read_only: true }],
          resources: { ephemeral_disk_mb: 600_000, milli_cpu: 2000 },
          idle_timeout_secs: 60,
        },
      },
    ]);
  });

  it('refuses what the protocol cannot hold, and does not try again', async () => {
    const job = jobWith({ sandbox_definition: { idleTimeoutSecs: 0.5 } });

    await expect(home.target().submit(job, attempt())).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('0.5'),
    });
    expect(creates()).toEqual([]);
  });

  it('gives a GPU a sandbox of the first version without waiting for a machine', async () => {
    home.sandboxes.startAfterSeconds = Number.POSITIVE_INFINITY;

    await home.target().submit(jobWith({ gpu: 'T4', secrets: [] }), attempt());

    expect(home.sandboxes.all).toMatchObject([
      {
        version: 1,
        env: { PREFECT_API_KEY: 'secret' },
        definition: { resources: { gpu_config: { gpu_type: 'T4', count: 1 } } },
      },
    ]);
    expect(home.fake.of('SandboxGetTaskId')).toEqual([]);
  });

  it('sets named secrets under the job’s own environment', async () => {
    home.fake.account.addSecret('keys', { TOKEN: 'from modal', PREFECT_API_KEY: 'not this' });

    await home.target().submit(jobWith({ secrets: ['keys'] }), attempt());
    await home.target().submit(jobWith({ secrets: ['keys'], gpu: 'T4' }), attempt(2));

    for (const sandbox of home.sandboxes.all) {
      expect(sandbox.env).toMatchObject({ TOKEN: 'from modal', PREFECT_API_KEY: 'secret' });
    }
  });

  it.each([null, 'T4'])('adopts what an earlier submission made, ended or not (GPU: %s)', async (gpu) => {
    const job = jobWith({ gpu });
    const first = await home.target().submit(job, attempt());
    home.sandboxes.end(home.sandboxes.all[0]!, { status: 'GENERIC_STATUS_SUCCESS' });

    const second = await home.target().submit(job, attempt());

    expect(second).toMatchObject({ adopted: true, ref: { pid: first.ref.pid } });
    expect(await home.target().find(job, attempt())).toMatchObject({ pid: first.ref.pid });
    expect(home.sandboxes.all).toHaveLength(1);
  });

  it('finds nothing where no app and no sandbox is, and makes neither', async () => {
    expect(await home.target().find(jobWith(), attempt())).toBeNull();
    expect(home.fake.account.apps.size).toBe(0);
  });

  it('gives every attempt its own sandbox', async () => {
    await home.target().submit(jobWith(), attempt(1));
    await home.target().submit(jobWith(), attempt(2));

    expect(new Set(home.sandboxes.all.map(({ name }) => name)).size).toBe(2);
  });

  it.each([null, 'T4'])(
    'makes one sandbox when the process dies at any request, before or after it (GPU: %s)',
    async (gpu) => {
      const job = jobWith({ gpu });
      let deaths = 0;
      for (let at = 0; ; at++) {
        let died = false;
        for (const when of ['before', 'after'] as const) {
          const run = attempt(++deaths);
          let seen = 0;
          const dying = home.target({
            awaited: async (_label, work) => {
              if (seen++ !== at) return work();
              if (when === 'after') await work().catch(() => {});
              throw new Death();
            },
          });
          died = await dying.submit(job, run).then(
            () => false,
            (error) => error instanceof Death,
          );

          await home.target().submit(job, run);
          await home.target().submit(job, run);

          const made = home.sandboxes.all.filter(({ tags }) => tags['pushpool.attempt'] === String(deaths));
          expect(made, `died ${when} request ${at}`).toHaveLength(1);
        }
        if (!died) break;
      }
      expect(deaths).toBeGreaterThan(8);
    },
  );

  it.each<[string, Misbehaviour]>([
    ['an error', { code: 'UNAVAILABLE' }],
    ['a broken connection', 'reset'],
    ['silence', 'hang'],
  ])('never creates twice by itself: after %s it looks before it goes on', async (_, misbehaviour) => {
    home.fake.faults.add({ on: 'SandboxCreateV2', when: 'after', do: misbehaviour });
    const target = home.target({ requestTimeoutMs: 500 });

    await expect(target.submit(jobWith(), attempt())).rejects.toMatchObject({ kind: 'unknown-outcome' });
    home.sandboxes.end(home.sandboxes.all[0]!, { status: 'GENERIC_STATUS_SUCCESS' });
    await target.submit(jobWith(), attempt());

    expect(home.sandboxes.all).toHaveLength(1);
    expect(creates()).toHaveLength(1);
  });

  it('asks again later when the name is taken and nobody can be found yet', async () => {
    await home.target().submit(jobWith(), attempt());
    home.sandboxes.nameIndexDelaySeconds = 5;

    await expect(home.target().submit(jobWith(), attempt())).rejects.toMatchObject({ kind: 'conflict' });
    home.fake.clock.advance(5);
    expect(await home.target().submit(jobWith(), attempt())).toMatchObject({ adopted: true });
    expect(home.sandboxes.all).toHaveLength(1);
  });

  it('has one winner when two submit at once', async () => {
    const [one, two] = await Promise.all([
      home.target().submit(jobWith(), attempt()),
      home.target().submit(jobWith(), attempt()),
    ]);

    expect(one.ref.pid).toBe(two.ref.pid);
    expect(home.sandboxes.all).toHaveLength(1);
  });
});

describe('the image of a sandbox', () => {
  it('is waited for over several submissions while Modal builds it, each well within a function’s time', async () => {
    home.fake.account.buildSeconds = 300;
    const target = home.target({ buildWaitSeconds: 12 });

    let submissions = 0;
    for (; home.sandboxes.all.length === 0; submissions++) {
      await target.submit(jobWith(), attempt()).catch((error) => expect(error).toMatchObject({ kind: 'throttled' }));
    }

    expect(submissions).toBeGreaterThan(3);
    expect(home.fake.account.images).toHaveLength(1);
    expect(home.fake.of('ImageJoinStreaming').every(({ request }) => (request.timeout ?? 99) <= 12)).toBe(true);
    expect(home.sandboxes.all).toHaveLength(1);
  });

  it('that cannot be built ends the run with what Modal says', async () => {
    home.fake.account.buildResults.set('broken', { status: 'GENERIC_STATUS_FAILURE', exception: 'manifest unknown' });

    await expect(home.target().submit(jobWith({ image: 'a/broken@sha256:x' }), attempt())).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('manifest unknown'),
    });
  });

  it.each([
    ['docker', 'REGISTRY_AUTH_TYPE_STATIC_CREDS'],
    ['aws-ecr', 'REGISTRY_AUTH_TYPE_AWS'],
    ['gcp-artifact-registry', 'REGISTRY_AUTH_TYPE_GCP'],
  ])('comes from a private registry with a Modal secret (%s)', async (kind, type) => {
    const secret = home.fake.account.addSecret('registry', {});

    await home.target().submit(jobWith({ image_registry: { secret: 'registry', kind } }), attempt());

    expect(home.fake.account.images[0]?.registry).toEqual({ registry_auth_type: type, secret_id: secret });
  });

  it('is the one that the tag names now, though Modal caches by name', async () => {
    let digest = `sha256:${'0'.repeat(64)}`;
    const registry = createServer((_request, response) => {
      response.setHeader('docker-content-digest', digest).end();
    });
    await new Promise<void>((done) => registry.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(registry.address() as AddressInfo).port}`;
    let minutes = 0;
    const target = home.target({ registry: { urlOf: () => url, nowMs: () => minutes * 60_000 } });

    await target.submit(jobWith({ image: 'me/flows:latest' }), attempt(1));
    digest = `sha256:${'1'.repeat(64)}`;
    minutes = 6;
    await target.submit(jobWith({ image: 'me/flows:latest' }), attempt(2));

    registry.close();
    expect(home.fake.account.images.map(({ commands }) => commands[0])).toEqual([
      `FROM me/flows@sha256:${'0'.repeat(64)}`,
      `FROM me/flows@sha256:${'1'.repeat(64)}`,
    ]);
  });

  it('goes by its tag when the registry does not say, with a warning in the run’s log', async () => {
    const urlOf = () => 'http://127.0.0.1:9';

    const { warnings } = await home.target({ registry: { urlOf } }).submit(jobWith({ image: 'me/flows:1' }), attempt());

    expect(warnings).toEqual([expect.stringMatching(/me\/flows:1 was not resolved to a digest/)]);
    expect(home.fake.account.images[0]?.commands).toEqual(['FROM me/flows:1']);
  });
});

describe('every variable of the template', () => {
  /** Two values of each, both allowed. */
  const VALUES: Record<string, [unknown, unknown]> = {
    command: ['echo a', 'echo b'],
    env: [{ A: '1' }, { A: '2' }],
    labels: [{ a: '1' }, { a: '2' }],
    name: ['one', 'two'],
    modal_credentials: [
      { token_id: 'ak-test', token_secret: 'as-test' },
      { token_id: 'ak-two', token_secret: 'as-two' },
    ],
    app_name: ['app-one', 'app-two'],
    environment: ['main', 'staging'],
    image: ['a@sha256:1', 'b@sha256:1'],
    image_registry: [{ secret: 's' }, { secret: 's', kind: 'aws-ecr' }],
    secrets: [[], ['s']],
    cpu: [1, 2],
    cpu_limit: [4, 5],
    memory: [512, 1024],
    memory_limit: [2048, 4096],
    gpu: ['T4', 'A100:2'],
    cloud: ['aws', 'gcp'],
    region: ['us-east', ['us-east', 'eu']],
    timeout: [60, 61],
    workdir: ['/a', '/b'],
    block_network: [false, true],
    include_oidc_identity_token: [false, true],
  };

  it('is known to this test', () => {
    const { variables } = modalType().default_base_job_configuration as { variables: { properties: object } };

    // how long to wait for the start is the lifecycle's business
    const sent = Object.keys(variables.properties).filter((name) => name !== 'task_start_timeout_seconds');
    expect(Object.keys(VALUES)).toEqual(sent);
  });

  it('changes the requests that leave', async () => {
    home.fake.account.environments.add('staging');
    home.fake.admission.tokens.set('ak-two', 'as-two');
    for (const environment of ['main', 'staging']) home.fake.account.addSecret('s', { S: '1' }, environment);
    const sent = async (job: JsonObject, variable: string) => {
      for (const sandbox of home.sandboxes.all) home.sandboxes.terminate(sandbox);
      home.fake.requests.length = 0;
      await home.target().submit(job, attempt(1, { mayExist: false }));
      return home.fake.requests.map(({ method, request, metadata }) => ({
        method,
        // Ids of the fake are random; what they stand for is in the requests before.
        request: JSON.stringify(request).replaceAll(/"(ap|im|st)-[0-9A-Za-z]+"/g, '""'),
        ...(variable === 'modal_credentials' && { token: metadata['x-modal-token-id'] }),
      }));
    };
    const base = fc.record({
      gpu: fc.constantFrom(null, 'T4'),
      memory: fc.constantFrom(null, 256),
      region: fc.constantFrom(null, 'eu'),
      secrets: fc.constantFrom([], ['s']),
    });

    await fc.assert(
      fc.asyncProperty(base, fc.constantFrom(...Object.keys(VALUES)), async (more, variable) => {
        const [one, two] = VALUES[variable]!;
        const needed = {
          ...(variable === 'cpu_limit' && { cpu: 1 }),
          ...(variable === 'memory_limit' && { memory: 256 }),
        };
        const job = jobWith({ ...(more as unknown as JsonObject), ...needed });

        const first = await sent({ ...job, [variable]: one } as JsonObject, variable);
        const second = await sent({ ...job, [variable]: two } as JsonObject, variable);

        expect(first, variable).not.toEqual(second);
      }),
      { numRuns: 80 },
    );
  });
});

class Death extends Error {}
