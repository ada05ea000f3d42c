import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRunDeploymentHandler } from '../../../functions/triggers/run-deployment.ts';
import { type TestApp, testApp } from '../../test-app.ts';

const EVENT = { version: '0', id: 'e-1', 'detail-type': 'anything', source: 'team', account: '1', detail: {} };

describe('the run-deployment function', () => {
  let home: TestApp;
  let deploymentId: string;
  let invoke: ReturnType<typeof createRunDeploymentHandler>;
  beforeAll(async () => {
    home = await testApp();
    invoke = createRunDeploymentHandler(home.app);
    await home.call('POST', '/work_pools/', { name: 'push', type: 'process:push', base_job_template: {} });
    const flow = await home.call('POST', '/flows/', { name: 'etl' });
    const deployment = await home.call('POST', '/deployments/', {
      name: 'nightly',
      flow_id: flow.body.id,
      work_pool_name: 'push',
      parameters: { day: 'today', dry: true },
      parameter_openapi_schema: { type: 'object', properties: { day: { type: 'string' }, dry: { type: 'boolean' } } },
      tags: ['d'],
    });
    deploymentId = deployment.body.id;
  });
  afterAll(() => home.close());

  const call = (event: unknown, awsRequestId: string = crypto.randomUUID()) => invoke(event, { awsRequestId });

  it('runs a deployment by name with parameters, tags and job variables, and starts it', async () => {
    const answer = await call({
      deployment: 'etl/nightly',
      parameters: { day: 'monday' },
      tags: ['rule'],
      job_variables: { env: { A: '1' } },
    });

    const run = await home.call('GET', `/flow_runs/${answer.flow_run_id}`);
    expect(run.body).toMatchObject({
      deployment_id: deploymentId,
      parameters: { day: 'monday', dry: true },
      tags: ['d', 'rule'],
      job_variables: { env: { A: '1' } },
      state_type: 'SCHEDULED',
    });
    expect(home.started.at(-1)?.input.flow_run_id).toBe(answer.flow_run_id);
  });

  it('runs a deployment by id', async () => {
    expect(await call({ deployment: deploymentId })).toMatchObject({ created: true });
  });

  it('takes the detail of an event, whose id keeps a doubled delivery from making a second run', async () => {
    const event = { ...EVENT, detail: { deployment: 'etl/nightly' } };

    const [first, again] = [await call(event), await call(event)];

    expect([first.created, again.created]).toEqual([true, false]);
    expect(again.flow_run_id).toBe(first.flow_run_id);
  });

  it('makes one run for an input that Lambda delivers again, and for one idempotency key', async () => {
    const [first, again] = [
      await call({ deployment: 'etl/nightly' }, 'r-1'),
      await call({ deployment: 'etl/nightly' }, 'r-1'),
    ];
    const keyed = { deployment: 'etl/nightly', idempotency_key: 'k' };
    const [one, other] = [await call(keyed), await call(keyed)];

    expect(again.flow_run_id).toBe(first.flow_run_id);
    expect(other.flow_run_id).toBe(one.flow_run_id);
    expect(one.flow_run_id).not.toBe(first.flow_run_id);
  });

  it.each([
    [{}, /"deployment" is missing/],
    [null, /"the input" is not valid/],
    [{ deployment: 'etl/nightly', paramters: {} }, /it knows no paramters/],
    [{ deployment: 'etl/nightly', parameters: [1] }, /"parameters" is not valid/],
    [{ deployment: 'etl/weekly' }, /There is no deployment "etl\/weekly"/],
    [{ deployment: 'weekly' }, /There is no deployment "weekly"/],
    [{ deployment: 'etl/nightly', parameters: { day: 1 } }, /Validation failed for field 'day'/],
    [EVENT, /"deployment" is missing/],
  ])('refuses %j with a reason, which stands in the dead-letter queue', async (event, reason) => {
    await expect(call(event)).rejects.toThrow(reason);
  });
});
