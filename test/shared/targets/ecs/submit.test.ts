import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../shared/domain/json/json.ts';
import { defaultTemplateOf } from '../../../../shared/operations/collections.ts';
import type { Attempt, Job, Target } from '../../../../shared/targets/target.ts';
import type { TargetError } from '../../../../shared/targets/target-error.ts';
import { ACCESS_KEY, FakeEcs } from '../../../fakes/ecs/ecs-cloud.ts';
import { type TestApp, testApp } from '../../../test-app.ts';
import { attemptOf, jobOf } from './jobs.ts';

const straight = <T>(_label: string, work: () => Promise<T>): Promise<T> => work();

describe('submitting to ECS', () => {
  let home: TestApp;
  let fake: FakeEcs;
  let target: Target;
  let template: JsonObject;
  const job = (variables: JsonObject = {}, change?: (template: JsonObject) => void): Job =>
    jobOf(template, { ...fake.jobVariables, ...variables }, change);
  const runTask = () => fake.calls('RunTask').at(-1)!;
  const definition = () => fake.calls('RegisterTaskDefinition').at(-1)!;
  const refused = (job: Job, at: Attempt = attemptOf(1)) =>
    target.submit(job, at).then(
      () => null,
      (error: TargetError) => error,
    );

  beforeEach(async () => {
    home = await testApp();
    fake = await new FakeEcs(() => new Date()).start();
    target = fake.target(home.app, straight);
    template = (await defaultTemplateOf('ecs:push'))!;
  });
  afterEach(async () => {
    await fake.close();
    await home.close();
  });

  it('starts a Fargate task as the template says, with the run as its token, its tags and its environment', async () => {
    const { ref } = await target.submit(
      job({ image: 'flows:7', cpu: 512, memory: 1024, labels: { team: 'Ünits & co' } }),
      attemptOf(1),
    );

    expect(definition()).toMatchObject({
      ...{ family: 'prefect_my-pool_0d0d0d0d-0000-4000-8000-000000000001', cpu: '512', memory: '1024' },
      ...{ requiresCompatibilities: ['FARGATE'], networkMode: 'awsvpc' },
      containerDefinitions: [{ name: 'prefect', image: 'flows:7' }],
    });
    expect(runTask()).toMatchObject({
      ...{ cluster: 'flows', launchType: 'FARGATE', count: 1, startedBy: expect.stringMatching(/^pp\/.{36}\/1$/) },
      clientToken: expect.stringMatching(/^[0-9a-f-]{36}$/),
      networkConfiguration: {
        awsvpcConfiguration: { subnets: ['subnet-a', 'subnet-b'], assignPublicIp: 'ENABLED', securityGroups: [] },
      },
      overrides: { cpu: '512', memory: '1024', containerOverrides: [{ name: 'prefect', cpu: 512, memory: 1024 }] },
      tags: expect.arrayContaining([
        { key: 'pushpool:attempt', value: '1' },
        { key: 'team', value: '-nits---co' },
      ]),
    });
    expect(runTask()['overrides'].containerOverrides[0].environment).toContainEqual({
      name: 'PREFECT_API_AUTH_STRING',
      value: 'token-of-the-run',
    });
    expect(ref.pid).toBe(`flows::${fake.tasks.all[0]!.arn}`);
  });

  it('registers a definition once for all runs of a deployment, also in a burst, and none per run', async () => {
    const burst = Array.from({ length: 12 }, (_, number) => target.submit(job(), attemptOf(number + 1)));

    const outcomes = await Promise.allSettled(burst);
    const later = await fake.target(home.app, straight).submit(job(), attemptOf(99));

    expect(fake.definitions.all).toHaveLength(1);
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
    expect(later.adopted).toBe(false);
  });

  it("registers another definition when the image changes, and finds the family's newest after the table is lost", async () => {
    await target.submit(job({ image: 'a' }), attemptOf(1));
    await target.submit(job({ image: 'b' }), attemptOf(2));
    const other = await testApp();
    await fake.target(other.app, straight).submit(job({ image: 'b' }), attemptOf(3));
    await other.close();

    expect(fake.definitions.all.map(({ containerDefinitions: [{ image }] }) => image)).toEqual(['a', 'b']);
  });

  it('puts FARGATE_SPOT and capacity providers in the place of the launch type', async () => {
    await target.submit(job({ launch_type: 'FARGATE_SPOT' }), attemptOf(1));
    const spot = runTask();
    await target.submit(
      job({ capacity_provider_strategy: [{ capacityProvider: 'own', weight: 0, base: 1 }] }),
      attemptOf(2),
    );

    expect(spot['launchType']).toBeUndefined();
    expect(spot['capacityProviderStrategy']).toEqual([{ capacityProvider: 'FARGATE_SPOT', weight: 1 }]);
    expect(runTask()['launchType']).toBeUndefined();
    expect(runTask()['capacityProviderStrategy']).toEqual([{ capacityProvider: 'own', weight: 0, base: 1 }]);
  });

  it('moves an environment that ECS would refuse into the definition, and keeps what is of the run out of it', async () => {
    const env = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`VARIABLE_${n}`, 'x'.repeat(100)]));

    const { warnings } = await target.submit(job({ env }), attemptOf(1));

    expect(JSON.stringify(runTask()['overrides']).length).toBeLessThanOrEqual(8192);
    const text = JSON.stringify(definition());
    expect(text).toContain('VARIABLE_99');
    expect(text).not.toContain('token-of-the-run');
    expect(text).not.toContain(attemptOf(1).flowRunId);
    expect(warnings.join()).toMatch(/100 variables/);
  });

  it('passes on what a customised job configuration adds, side-cars too', async () => {
    const customised = job({}, (base) => {
      const configuration = base['job_configuration'] as JsonObject;
      const definition = configuration['task_definition'] as JsonObject;
      definition['volumes'] = [{ name: 'data' }];
      definition['runtimePlatform'] = { cpuArchitecture: 'ARM64' };
      (definition['containerDefinitions'] as JsonObject[]).push({ name: 'proxy', image: 'proxy:1', essential: false });
      (configuration['task_run_request'] as JsonObject)['platformVersion'] = '1.4.0';
      (configuration['task_run_request'] as JsonObject)['enableExecuteCommand'] = true;
    });

    await target.submit(customised, attemptOf(1));

    expect(definition()).toMatchObject({ volumes: [{ name: 'data' }], runtimePlatform: { cpuArchitecture: 'ARM64' } });
    expect(definition()['containerDefinitions']).toHaveLength(2);
    expect(runTask()).toMatchObject({ platformVersion: '1.4.0', enableExecuteCommand: true });
  });

  it('uses a definition that the pool names, and says which container it lacks', async () => {
    fake.definitions.register({
      ...{ family: 'own', cpu: '256', memory: '512', networkMode: 'bridge' },
      containerDefinitions: [{ name: 'main', image: 'i', memory: 512 }],
    });

    await target.submit(job({ task_definition_arn: 'own:1', launch_type: 'EC2' }), attemptOf(1));
    const error = await refused(job({ task_definition_arn: 'own:1', container_name: 'x', launch_type: 'EC2' }));

    expect(runTask()['taskDefinition']).toMatch(/task-definition\/own:1$/);
    expect(runTask()['networkConfiguration']).toBeUndefined();
    expect(runTask()['overrides'].containerOverrides[0].name).toBe('main');
    expect(error?.message).toMatch(/Container 'x' not found in task definition/);
  });

  it('says that there is no default VPC, and that subnets are of another VPC', async () => {
    fake.defaultVpc = false;
    const noVpc = await refused(job());
    const foreign = await refused(job({ vpc_id: 'vpc-default', network_configuration: { subnets: ['subnet-x'] } }));

    expect(noVpc).toMatchObject({ kind: 'not-found', message: expect.stringMatching(/no default VPC.*vpc_id/) });
    expect(foreign).toMatchObject({ kind: 'not-found', message: expect.stringMatching(/subnet-x.*not in the VPC/) });
  });

  it('names every problem of a job at once, with its path', async () => {
    const error = await refused(job({ cpu: 300, aws_credentials: { aws_access_key_id: 'x', profile_name: 'p' } }));

    expect(error?.kind).toBe('invalid');
    expect(error?.message).toMatch(/task_definition\.cpu: Fargate has/);
    expect(error?.message).toMatch(/aws_credentials\.profile_name/);
    expect(error?.message).toMatch(/aws_credentials\.aws_secret_access_key/);
    expect(fake.server.requests).toEqual([]);
  });

  it('refuses keys that AWS does not know as refused credentials', async () => {
    fake.accessKeys.delete(ACCESS_KEY);
    fake.accessKeys.add('AKIAOTHER');

    expect(await refused(job())).toMatchObject({ kind: 'credentials' });
  });

  it('assumes a role with the keys of the block', async () => {
    const block = fake.jobVariables.aws_credentials;
    const role = 'arn:aws:iam::123456789012:role/pushpool/submit';

    await target.submit(
      job({ aws_credentials: { ...block, assume_role_arn: role, assume_role_kwargs: { ExternalId: 'e' } } }),
      attemptOf(1),
    );

    expect(fake.calls('AssumeRole')).toMatchObject([{ RoleArn: role, ExternalId: 'e', RoleSessionName: 'pushpool' }]);
    expect(fake.server.requests.find(({ operation }) => operation === 'RunTask')?.accessKey).toBe('ASIAsubmit');
  });

  it('adopts the task when the same attempt is submitted with another request', async () => {
    const first = await target.submit(job({ image: 'a' }), attemptOf(1));

    const again = await target.submit(job({ image: 'b' }), attemptOf(1));

    expect(again).toMatchObject({ adopted: true, ref: { pid: first.ref.pid } });
    expect(fake.tasks.all).toHaveLength(1);
  });

  it('deregisters what it registered when the pool asks for it, and registers anew for the next run', async () => {
    const { ref } = await target.submit(job(), attemptOf(1));

    expect(await target.cleanUp(job(), ref)).toBe('done');
    expect(await target.cleanUp(job(), ref)).toBe('done');
    await target.submit(job(), attemptOf(2));

    expect(fake.definitions.all.map(({ status }) => status)).toEqual(['INACTIVE', 'ACTIVE']);
  });
});
