import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Target } from '../../../../shared/targets/target.ts';
import { FakeEcs } from '../../../fakes/ecs/ecs-cloud.ts';
import { type TestApp, testApp } from '../../../test-app.ts';
import { attempt, jobOfPool } from '../job-of-pool.ts';

describe('where an ECS task goes when its pool does not say', () => {
  let home: TestApp;
  let fake: FakeEcs;
  let target: Target;
  const submit = (variables = {}) =>
    target.submit(jobOfPool('ecs:push', { ...fake.jobVariables, ...variables }), attempt());
  const subnets = () => fake.calls('RunTask').at(-1)!['networkConfiguration'].awsvpcConfiguration.subnets;
  beforeEach(async () => {
    home = await testApp();
    fake = await new FakeEcs(() => new Date()).start();
    target = fake.target(home.app, (_label, work) => work());
  });
  afterEach(async () => {
    await fake.close();
    await home.close();
  });

  it('is the subnets of the default VPC that have a route to the internet', async () => {
    fake.isolated.add('subnet-a');

    const { warnings } = await submit();

    expect(subnets()).toEqual(['subnet-b']);
    expect(warnings).toEqual([]);
  });

  it('is all of them when none has one, and the log names them', async () => {
    fake.isolated.add('subnet-a').add('subnet-b');

    const { warnings } = await submit();

    expect(subnets()).toEqual(['subnet-a', 'subnet-b']);
    expect(warnings).toEqual([expect.stringMatching(/No subnet of the VPC vpc-default .*subnet-a, subnet-b.*NAT/)]);
  });

  it('is all of them when the credentials may not look at routes', async () => {
    fake.isolated.add('subnet-a');
    fake.routesForbidden = true;

    const { warnings } = await submit();

    expect(subnets()).toEqual(['subnet-a', 'subnet-b']);
    expect(warnings).toEqual([]);
  });

  it('is refused with the VPC and the remedy when the pool names subnets of another VPC', async () => {
    const network_configuration = { subnets: ['subnet-x'] };

    await expect(submit({ vpc_id: 'vpc-default', network_configuration })).rejects.toMatchObject({
      kind: 'not-found',
      message: expect.stringMatching(/subnet-x.*vpc-default.*'vpc_id'/),
    });
  });
});
