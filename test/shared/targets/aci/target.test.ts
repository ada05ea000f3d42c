import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAciTarget } from '../../../../shared/targets/aci/target.ts';
import type { Job, Observation, Ref, Target } from '../../../../shared/targets/target.ts';
import { FakeAci } from '../../../fakes/aci/aci.ts';
import { aciVariables } from '../../../fakes/aci/aci-under-test.ts';
import { environmentOf } from '../../../fakes/aci/group.ts';
import { everyVariableSuite } from '../every-variable.ts';
import { attempt, jobOfPool, RUN_ID, templateOf } from '../job-of-pool.ts';

const TYPE = 'azure-container-instance:push';
const NAME = `etl-daily-${RUN_ID}`;
const IDENTITY = '/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i';
const newTarget = (cloud: FakeAci, more = {}) =>
  createAciTarget({ endpoint: cloud.url, now: () => cloud.now(), readRetrySeconds: [0, 0, 0], ...more });

const failPull = (fake: FakeAci, times: number) => {
  for (let time = 0; time < times; time++) fake.failPull(NAME);
};

describe('the target of Azure Container Instances', () => {
  let cloud: FakeAci;
  let target: Target;
  let job: Job;
  beforeEach(async () => {
    cloud = await new FakeAci().listen();
    target = newTarget(cloud);
    job = jobOfPool(TYPE, aciVariables(cloud));
  });
  afterEach(async () => {
    await cloud.close();
    expect(cloud.violations).toEqual([]);
  });
  const submit = async (number = 1): Promise<Ref> => (await target.submit(job, attempt(number))).ref;

  it('puts a group named after flow and run, in the location of its resource group, with tags that say whose it is', async () => {
    const ref = await submit();

    const group = cloud.groups.get(NAME)!;
    expect(ref.pid).toBe(`${RUN_ID}:${NAME}`);
    expect(group.spec).toMatchObject({
      location: 'westeurope',
      tags: {
        name: 'brave-otter',
        'prefect.io_flow-run-id': RUN_ID,
        'pushpool:flow-run-id': RUN_ID,
        'pushpool:attempt': '1',
      },
      properties: { containers: [{ name: NAME }] },
    });
    expect(environmentOf(group)).toMatchObject({ PREFECT_API_KEY: 'run-token' });
  });

  it('adopts what an earlier submission made, whatever its state, and puts nothing again', async () => {
    await submit();
    cloud.exit(NAME, 0);

    const again = await newTarget(cloud).submit(job, attempt());

    expect(again.adopted).toBe(true);
    expect(cloud.everMade).toHaveLength(1);
    expect(await target.find(job, attempt())).toMatchObject({ key: { group: NAME, container: NAME } });
    expect(await target.find(job, attempt(2))).toBeNull();
  });

  it('takes a group as made when only the look at its operation fails', async () => {
    cloud.fault({ on: 'operation', when: 'before', do: 'reset' });

    await submit();

    expect(cloud.everMade).toHaveLength(1);
  });

  it.each<[string, (cloud: FakeAci) => void, Partial<Observation>]>([
    ['waits', () => {}, { phase: 'provisioning' }],
    ['runs', (fake) => fake.start(NAME), { phase: 'running' }],
    ['exits 0', (fake) => fake.exit(NAME, 0), { phase: 'succeeded', exitCode: 0, cause: 'exit' }],
    ['exits 3', (fake) => fake.exit(NAME, 3), { phase: 'failed', exitCode: 3, cause: 'exit' }],
    ['exits 143', (fake) => fake.exit(NAME, 143), { phase: 'failed', exitCode: 143, cause: 'exit' }],
    [
      'is killed for its memory',
      (fake) => fake.exit(NAME, 137, 'OOMKilled'),
      { phase: 'failed', exitCode: 137, cause: 'oom' },
    ],
    ['is evicted', (fake) => fake.evict(NAME), { phase: 'stopped', cause: 'spot' }],
    [
      'cannot pull its image, for the third time',
      (fake) => failPull(fake, 3),
      { phase: 'failed', cause: 'image-pull' },
    ],
    ['cannot pull its image, for the second time', (fake) => failPull(fake, 2), { phase: 'provisioning' }],
  ])('sees a container that %s', async (_, happens, expected) => {
    cloud.startSeconds = null;
    const ref = await submit();

    happens(cloud);

    expect(await target.describe(job, ref)).toMatchObject(expected);
  });

  it('takes a group that Azure does not show for one that is being made, for a minute after it was put', async () => {
    const ref = await submit();
    cloud.vanish(NAME);

    const atOnce = await target.describe(job, ref);
    cloud.advance(61);

    expect(atOnce.phase).toBe('provisioning');
    expect((await target.describe(job, ref)).phase).toBe('gone');
  });

  it('asks for the end and keeps exit code and output until it cleans up', async () => {
    const ref = await submit();
    cloud.start(NAME);
    cloud.print(NAME, 'last words');

    expect(await target.stop(job, ref, 'test')).toBe('stopping');
    expect(await target.cleanUp(job, ref)).toBe('later');
    cloud.advance(31);
    expect(await target.describe(job, ref)).toMatchObject({ phase: 'stopped', cause: 'user-stop', exitCode: 137 });
    expect(await target.stop(job, ref, 'test')).toBe('already-stopped');
    expect(await target.logs(job, ref, { tail: 5 })).toEqual([
      { timestamp: '2026-01-01T00:00:00.000Z', text: 'last words' },
    ]);
    expect(await target.cleanUp(job, ref)).toBe('done');
    expect(await target.cleanUp(job, ref)).toBe('done');
    expect(await target.stop(job, ref, 'test')).toBe('not-found');
    expect(cloud.groups.size).toBe(0);
  });

  it('deletes a group that cannot be stopped because it has not started', async () => {
    cloud.startSeconds = null;
    const ref = await submit();

    expect(await target.stop(job, ref, 'test')).toBe('stopping');
    expect(await target.cleanUp(job, ref)).toBe('done');
    expect(cloud.groups.size).toBe(0);
  });

  it('keeps the group when the job asks for it', async () => {
    job = jobOfPool(TYPE, { ...aciVariables(cloud), keep_container_group: true });
    const ref = await submit();
    cloud.exit(NAME, 0);

    expect(await target.cleanUp(job, ref)).toBe('done');
    expect(cloud.groups.has(NAME)).toBe(true);
  });

  it('lists what it knows, and all of its own over every page when it knows nothing', async () => {
    const refs = [await submit(1), await submit(2), await submit(3)];
    cloud.exit(`${NAME}-2`, 1);

    const known = await target.list(job, refs.slice(1));
    const all = await target.list(job, []);

    expect(known.map(({ at, observation }) => [at.attempt, observation.phase])).toEqual([
      [2, 'failed'],
      [3, 'provisioning'],
    ]);
    expect(all.map(({ at, ref }) => [at.flowRunId, at.attempt, ref.pid])).toEqual([
      [RUN_ID, 1, `${RUN_ID}:${NAME}`],
      [RUN_ID, 2, `${RUN_ID}:${NAME}-2`],
      [RUN_ID, 3, `${RUN_ID}:${NAME}-3`],
    ]);
  });

  it.each(['ContainerGroupDeploymentNotReady', '403', 'reset'])(
    'has no lines when Azure gives none: %s',
    async (fault) => {
      const ref = await submit();
      const answer =
        fault === 'reset'
          ? ('reset' as const)
          : { status: fault === '403' ? 403 : 409, body: { error: { code: fault, message: '' } } };
      cloud.fault({ on: 'logs', when: 'before', times: 9, do: answer });

      expect(await target.logs(job, ref, { tail: 5 })).toEqual([]);
    },
  );

  it('reads again when a read fails, and never puts again by itself', async () => {
    cloud.fault({ on: 'get', when: 'before', times: 3, do: { status: 503, body: '<html>busy</html>' } });
    await submit();
    cloud.fault({ on: 'put', when: 'before', do: { status: 503, body: '<html>busy</html>' } });

    await expect(target.submit(job, attempt(2))).rejects.toMatchObject({ kind: 'unknown-outcome' });
    expect(cloud.calls('put')).toHaveLength(2);
  });

  it('says whose fault it was, without the id of the subscription', async () => {
    cloud.entra.forbidden.add('put');
    const forbidden = await target.submit(job, attempt()).catch((error: unknown) => error);
    const elsewhere = target.submit({ ...job, resource_group_name: 'nowhere' }, attempt());

    expect(forbidden).toMatchObject({ kind: 'permission', message: expect.stringMatching(/'flows'.*Contributor/) });
    expect((forbidden as Error).message).not.toContain([...cloud.entra.subscriptions][0]);
    await expect(elsewhere).rejects.toMatchObject({ kind: 'not-found', message: expect.stringMatching(/'nowhere'/) });
  });

  it.each([
    ['AADSTS7000215', /secret is wrong/],
    ['AADSTS7000222', /secret has expired/],
    ['AADSTS700016', /no such app registration/],
  ])('says when Entra ID refuses to sign it in: %s', async (code, words) => {
    cloud.entra.refuses = code;

    await expect(submit()).rejects.toMatchObject({ kind: 'credentials', message: expect.stringMatching(words) });
  });

  it('refuses a field of the template that would be lost on the way, with its path', async () => {
    // biome-ignore lint/suspicious/noExplicitAny: ARM's own JSON
    const template = structuredClone(templateOf(TYPE)) as any;
    template.job_configuration.arm_template.resources[0].properties.priorty = 'Spot';
    job = jobOfPool(TYPE, aciVariables(cloud), template);

    await expect(submit()).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('arm_template.resources[0].properties.priorty'),
    });
    expect(cloud.calls('put')).toEqual([]);
  });

  it('signs in by the identity of its home when the block has no secret', async () => {
    const subject = { subject: 'pushpool', audience: 'api://AzureADTokenExchange' };
    cloud.entra.apps[0] = { ...cloud.entra.apps[0]!, federated: subject };
    const { client_secret: _none, ...block } = aciVariables(cloud)['aci_credentials'] as Record<string, string>;
    job = jobOfPool(TYPE, { ...aciVariables(cloud), aci_credentials: block });
    const claims = Buffer.from(JSON.stringify({ sub: 'pushpool', aud: subject.audience })).toString('base64url');
    const keyless = newTarget(cloud, { assertion: async () => `e30.${claims}.c2ln` });

    expect((await keyless.submit(job, attempt())).adopted).toBe(false);
    await expect(target.submit(job, attempt())).rejects.toMatchObject({ kind: 'invalid' });
  });
});

everyVariableSuite({
  poolType: TYPE,
  needed: {
    aci_credentials: { tenant_id: 't', client_id: 'c', client_secret: 's' },
    resource_group_name: 'flows',
    subscription_id: '22222222-2222-4222-8222-222222222222',
  },
  samples: {
    name: 'other',
    env: { A: 'b' },
    labels: { team: 'x' },
    command: 'true',
    image: 'flows:2',
    resource_group_name: 'flows-2',
    subscription_id: '33333333-3333-4333-8333-333333333333',
    identities: [IDENTITY],
    entrypoint: '/bin/env',
    image_registry: { registry_url: 'r.azurecr.io', identity: IDENTITY },
    cpu: 2,
    gpu_count: 2,
    gpu_sku: 'V100',
    memory: 2.5,
    subnet_ids: ['/subscriptions/s/subnet'],
    dns_servers: ['1.1.1.1'],
    aci_credentials: { tenant_id: 't', client_id: 'c2', client_secret: 's' },
  },
  together: { gpu_count: { gpu_sku: 'V100' } },
  elsewhere: {
    task_start_timeout_seconds: 'how long the lifecycle waits for the start',
    keep_container_group: 'whether cleaning up deletes',
  },
  async submit(job) {
    const cloud = await new FakeAci().listen();
    cloud.entra.apps.splice(0, 1, ...['c', 'c2'].map((clientId) => ({ tenant: 't', clientId, secret: 's' })));
    cloud.entra.subscriptions.add('33333333-3333-4333-8333-333333333333');
    cloud.resourceGroups.set('flows-2', 'westeurope');
    await newTarget(cloud).submit(job, attempt());
    await cloud.close();
    return cloud.requests.map(({ op, path, body }) => ({ op, path, body }));
  },
});
