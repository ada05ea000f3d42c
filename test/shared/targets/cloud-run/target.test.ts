import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCloudRunTarget } from '../../../../shared/targets/cloud-run/target.ts';
import type { Job, Observation, Ref, Target } from '../../../../shared/targets/target.ts';
import { FakeCloudRun } from '../../../fakes/cloud-run/cloud-run.ts';
import { cloudRunVariables } from '../../../fakes/cloud-run/cloud-run-under-test.ts';
import { everyVariableSuite } from '../every-variable.ts';
import { attempt, jobOfPool, RUN_ID, templateOf } from '../job-of-pool.ts';

const TYPE = 'cloud-run-v2:push';
const newTarget = (cloud: FakeCloudRun) => createCloudRunTarget({ endpoint: cloud.url, readRetrySeconds: [0, 0, 0] });

describe('the target of Cloud Run', () => {
  let cloud: FakeCloudRun;
  let target: Target;
  let job: Job;
  let id: string;
  beforeEach(async () => {
    cloud = await new FakeCloudRun().listen();
    target = newTarget(cloud);
    job = jobOfPool(TYPE, cloudRunVariables(cloud));
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await cloud.close();
    expect(cloud.violations).toEqual([]);
  });
  const submit = async (number = 1): Promise<Ref> => {
    const { ref } = await target.submit(job, attempt(number));
    id = ref.pid;
    return ref;
  };

  it('makes a job and its one execution by one request, with labels that say whose they are', async () => {
    const ref = await submit();

    expect(cloud.requests.map(({ op }) => op)).toEqual(['create']);
    expect(ref.pid).toMatch(/^brave-otter-[0-9a-f]{12}$/);
    expect(cloud.jobs.get(id)?.spec).toMatchObject({
      labels: { 'pushpool-flow-run-id': RUN_ID, 'pushpool-attempt': '1', 'prefect-io-flow-run-id': RUN_ID },
      template: { labels: { 'pushpool-flow-run-id': RUN_ID } },
    });
    expect(cloud.everMade[0]?.name).toMatch(new RegExp(`/jobs/${id}/executions/${id}-a1$`));
  });

  it('adopts what an earlier submission made', async () => {
    await submit();
    cloud.exit(id, { exitCode: 0 });

    const again = await newTarget(cloud).submit(job, { ...attempt(), mayExist: true });
    const twice = await newTarget(cloud).submit(job, attempt());

    expect([again.adopted, twice.adopted]).toEqual([true, true]);
    expect(cloud.everMade).toHaveLength(1);
    expect(await target.find(job, attempt())).toEqual(again.ref);
    expect(await target.find(job, attempt(2))).toBeNull();
  });

  it.each<[string, (fake: FakeCloudRun, job: string) => void, Partial<Observation>]>([
    ['waits', () => {}, { phase: 'provisioning' }],
    ['runs', (fake, name) => fake.start(name), { phase: 'running' }],
    ['exits 0', (fake, name) => fake.exit(name, { exitCode: 0 }), { phase: 'succeeded', exitCode: 0, cause: 'exit' }],
    ['exits 3', (fake, name) => fake.exit(name, { exitCode: 3 }), { phase: 'failed', exitCode: 3, cause: 'exit' }],
    [
      'is ended by SIGTERM',
      (fake, name) => fake.exit(name, { exitCode: 143 }),
      { phase: 'failed', exitCode: 143, cause: 'exit' },
    ],
    ['runs out of memory', (fake, name) => fake.exit(name, OOM), { phase: 'failed', cause: 'oom' }],
    [
      'runs too long',
      (fake, name) => fake.exit(name, { statusCode: 4, message: 'The configured timeout was reached.' }),
      { phase: 'failed', cause: 'timeout' },
    ],
    [
      'fails without a code',
      (fake, name) => fake.exit(name, { message: 'The container failed.' }),
      { phase: 'failed', cause: 'unknown' },
    ],
    ['has no image', (fake, name) => fake.failImage(name), { phase: 'failed', cause: 'image-pull' }],
    [
      'may not read a secret',
      (fake, name) => fake.exit(name, { reason: 'SECRETS_ACCESS_CHECK_FAILED' }),
      { phase: 'failed', cause: 'config' },
    ],
    ['is gone', (fake, name) => fake.vanish(name), { phase: 'gone' }],
  ])('sees an execution that %s', async (_, happens, expected) => {
    cloud.startSeconds = null;
    const ref = await submit();

    happens(cloud, id);

    const seen = await target.describe(job, ref);
    expect(seen).toMatchObject(expected);
    if (expected.cause === 'unknown') expect(seen).not.toHaveProperty('exitCode');
  });

  it('cancels, and deletes the job only once its execution has ended', async () => {
    const ref = await submit();
    cloud.start(id);
    cloud.print(id, 'one');
    cloud.print(id, 'two');

    expect(await target.stop(job, ref, 'test')).toBe('stopping');
    expect(await target.cleanUp(job, ref)).toBe('later');
    cloud.advance(11);
    expect(await target.describe(job, ref)).toMatchObject({ phase: 'stopped', cause: 'user-stop' });
    expect(await target.stop(job, ref, 'test')).toBe('already-stopped');
    expect((await target.logs(job, ref, { tail: 2 })).map(({ text }) => text)).toEqual(['one', 'two']);
    expect((await target.logs(job, ref, { tail: 1 })).map(({ text }) => text)).toEqual(['two']);
    expect(await target.cleanUp(job, ref)).toBe('done');
    expect(await target.cleanUp(job, ref)).toBe('done');
    expect(await target.stop(job, ref, 'test')).toBe('not-found');
    expect(cloud.jobs.size).toBe(0);
  });

  it('deletes executions first where a project asks for it', async () => {
    cloud.executionsFirst = true;
    const ref = await submit();
    cloud.exit(id, { exitCode: 0 });

    expect(await target.cleanUp(job, ref)).toBe('later');
    expect(await target.cleanUp(job, ref)).toBe('done');
  });

  it('keeps the job when it is asked to', async () => {
    job = jobOfPool(TYPE, { ...cloudRunVariables(cloud), keep_job: true });
    const ref = await submit();
    expect(await target.cleanUp(job, ref)).toBe('later');
    cloud.exit(id, { exitCode: 0 });

    expect(await target.cleanUp(job, ref)).toBe('done');
    expect(cloud.jobs.has(id)).toBe(true);
  });

  it('lists what it knows, and all of its own over every page when it knows nothing', async () => {
    const refs = [await submit(1), await submit(2), await submit(3)];
    cloud.exit(refs[1]!.pid, { exitCode: 1 });

    const known = await target.list(job, refs.slice(1));
    const all = await target.list(job, []);

    expect(known.map(({ at, observation }) => [at.attempt, observation.phase, observation.exitCode])).toEqual([
      [2, 'failed', 1],
      [3, 'provisioning', undefined],
    ]);
    expect(all.map(({ ref }) => ref)).toEqual(refs);
  });

  it('starts the execution by a request of its own where the start token is refused, once and when the job is ready', async () => {
    cloud.takesStartToken = false;
    await expect(submit()).rejects.toMatchObject({ kind: 'transient' });
    cloud.advance(5);
    cloud.fault({ on: 'run', when: 'after', do: { status: 503, body: '<html>busy</html>' } });

    const { ref } = await target.submit(job, { ...attempt(), mayExist: true });

    expect(cloud.everMade).toHaveLength(1);
    expect(await target.describe(job, ref)).toMatchObject({ phase: 'provisioning' });
  });

  it('does not start a second execution when Cloud Run hides the first', async () => {
    cloud.takesStartToken = false;
    await submit().catch(() => {});
    cloud.advance(5);
    cloud.staleSeconds = 60;
    cloud.fault({ on: 'run', when: 'after', do: 'reset' });
    const again = () => target.submit(job, { ...attempt(), mayExist: true });

    await expect(again()).rejects.toMatchObject({ kind: 'unknown-outcome' });
    await expect(again()).rejects.toMatchObject({ name: 'TransientError' });
    cloud.advance(60);

    expect((await again()).adopted).toBe(true);
    expect(cloud.everMade).toHaveLength(1);
  });

  it.each<[string, () => void]>([
    ['the account may not read logs', () => (cloud.logsForbidden = true)],
    ['logs do not come', () => cloud.fault({ on: 'logs', when: 'before', times: 9, do: 'reset' })],
  ])('has no lines when %s', async (_, happens) => {
    const ref = await submit();
    happens();

    expect(await target.logs(job, ref, { tail: 5 })).toEqual([]);
  });

  it('says whose fault it was', async () => {
    const refused = (variables: Record<string, string> = {}) =>
      target.submit(jobOfPool(TYPE, { ...cloudRunVariables(cloud), ...variables }), attempt());
    await expect(refused({ region: 'nowhere1' })).rejects.toMatchObject({
      kind: 'not-found',
      message: expect.stringMatching(/'nowhere1'/),
    });
    cloud.identity.forbidden.add('create');
    await expect(refused()).rejects.toMatchObject({
      kind: 'permission',
      message: expect.stringMatching(/run.jobs.create.*Cloud Run Developer/),
    });
    cloud.identity.keyDeleted = true;
    await expect(refused()).rejects.toMatchObject({ kind: 'credentials', message: expect.stringMatching(/new key/) });
  });

  it('refuses a field that would be lost on the way, with its path, and passes on what Google knows', async () => {
    // biome-ignore lint/suspicious/noExplicitAny: Google's own JSON
    const template = structuredClone(templateOf(TYPE)) as any;
    const { job_body: body } = template.job_configuration;
    body.template.template.executionEnvironment = 'EXECUTION_ENVIRONMENT_GEN2';
    body.template.parallelism = 1;
    await target.submit(jobOfPool(TYPE, cloudRunVariables(cloud), template), attempt());
    body.template.template.retries = 1;
    job = jobOfPool(TYPE, cloudRunVariables(cloud), template);

    await expect(submit()).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('job_body.template.template.retries'),
    });
    expect(cloud.calls('create').map(({ body: sent }) => sent.template)).toMatchObject([
      { parallelism: 1, template: { executionEnvironment: 2 } },
    ]);
  });

  it('becomes the service account by the AWS role of its home, without a key', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    vi.stubEnv('AWS_SESSION_TOKEN', 'session');
    vi.stubEnv('AWS_REGION', 'eu-west-1');
    const credentials = { service_account_info: cloud.identity.externalAccount(), project: 'flows-project' } as never;
    job = jobOfPool(TYPE, { ...cloudRunVariables(cloud), credentials });

    await submit();

    expect(cloud.requests.map(({ op }) => op)).toEqual(['sts', 'impersonate', 'create']);
  });
});

const OOM = { exitCode: 137, message: 'Memory limit of 512 MiB exceeded with 520 MiB used.' };
const KEYS = new FakeCloudRun().identity;
/** A value beside the default for each variable that both of Cloud Run's pool types have. */
const SAMPLES = {
  name: 'other',
  env: { A: 'b' },
  labels: { team: 'x' },
  command: 'true',
  credentials: { service_account_info: { ...keyOf('a@b') }, project: 'other-project' },
  region: 'europe-west1',
  image: 'flows:2',
  cpu: '2000m',
  memory: '1Gi',
  timeout: 60,
  vpc_connector_name: 'projects/p/locations/r/connectors/c',
  service_account_name: 'x@y',
};

everyVariableSuite({
  poolType: TYPE,
  needed: { credentials: { service_account_info: { ...keyOf('a@b') } } },
  samples: {
    ...SAMPLES,
    args: ['--fast'],
    launch_stage: 'GA',
    max_retries: 2,
    env_from_secrets: { S: { secret: 's' } },
    prefect_api_key_secret: { secret: 'k' },
    prefect_api_auth_string_secret: { secret: 'a' },
    cloudsql_instances: ['p:r:i'],
  },
  elsewhere: { keep_job: 'whether cleaning up deletes' },
  submit: submitted,
});

everyVariableSuite({
  poolType: 'cloud-run:push',
  needed: { credentials: { service_account_info: { ...keyOf('a@b') } } },
  samples: SAMPLES,
  elsewhere: { keep_job: 'whether cleaning up deletes' },
  submit: submitted,
});

function keyOf(email: string) {
  return { type: 'service_account', project_id: 'flows-project', client_email: email, private_key: KEYS.privateKey };
}

async function submitted(job: Job): Promise<unknown> {
  const cloud = await new FakeCloudRun().listen();
  cloud.identity.projects.add('other-project');
  cloud.identity.email = 'a@b';
  await newTarget(cloud).submit(job, attempt());
  await cloud.close();
  return cloud.requests.map(({ op, path, query, body }) => ({ op, path, query, body }));
}
