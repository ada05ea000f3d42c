import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TargetError } from '../../../shared/targets/target-error.ts';
import { type PushHome, pushHome, running } from '../../shared/lifecycle/pushed-run.ts';

describe('what the page shows of the infrastructure', () => {
  let push: PushHome;
  beforeAll(async () => {
    push = await pushHome();
  });
  afterAll(() => push.home.close());
  const of = async (kind: string, name: string) =>
    (await push.home.call('GET', `/ui/${kind}/${name}/infrastructure`)).body;

  it('of a run: where its container is while it runs, and how it ended when it has, with what its execution was billed for', async () => {
    const { id, input } = await running(push);

    const during = await of('flow_runs', id);
    push.home.advance(30);
    await push.setState(id, { type: 'FAILED' }, await push.asRun(id, 1));
    await push.step('finish', input);
    await push.containerEnds(id, 1, { phase: 'failed', exitCode: 137, cause: 'oom', message: 'Out of memory.' });
    const after = await of('flow_runs', id);

    expect(during).toMatchObject({ pool_type: 'process:push', attempt: 1, ended: null, executions: 1, transitions: 6 });
    expect(during.submitted).not.toBeNull();
    expect(after).toMatchObject({
      pid: during.pid,
      ended: { exit_code: 137, cause: 'oom', phase: 'failed', message: 'Out of memory.' },
    });
    expect((await push.home.call('GET', `/flow_runs/${id}`)).body.infrastructure_pid).toBeNull();
  });

  it('of a run that was retried: the transitions of all its executions', async () => {
    const { id, input } = await running(push);
    await push.setState(id, { type: 'FAILED' }, await push.asRun(id, 1));
    await push.step('finish', input);
    await push.containerEnds(id, 1, { exitCode: 1 });

    await push.setState(id, { type: 'SCHEDULED', name: 'AwaitingRetry' });

    expect(await of('flow_runs', id)).toMatchObject({ attempt: 2, pid: null, executions: 2, transitions: 12 });
  });

  it('of a pool whose credentials its cloud refuses: in which words and since when, until they are stored anew', async () => {
    const error = new TargetError('credentials', 'The security token is expired.');
    push.cloud.faults.push({ call: 'submit', when: 'before', error });
    const id = await push.create();
    const input = push.execution(id);
    await push.step('prepare', input);
    await push.step('submit', input, 'token');

    const since = push.home.app.clock.now().toISOString();
    expect((await of('work_pools', 'push')).refused).toEqual({ reason: 'The security token is expired.', since });
    expect((await push.home.call('GET', '/work_pools/push')).body.status).toBe('NOT_READY');
    const waits = push.execution(id);
    await push.step('prepare', waits);
    await push.step('park', waits, 'waits');
    expect((await of('flow_runs', id)).waits_for.kind).toBe('pool');

    const { base_job_template } = (await push.home.call('GET', '/work_pools/push')).body;
    await push.home.call('PATCH', '/work_pools/push', { base_job_template });
    expect((await of('work_pools', 'push')).refused).toBeNull();
  });

  it('of a pool that was provisioned: where, what is there and how it is named, until the pool is deleted', async () => {
    const make = () => push.home.call('POST', '/work_pools/', { name: 'made', type: 'process' });
    await make();
    const things = ['an ECS cluster for running Prefect flows: prefect-ecs-cluster'];
    const place = 'AWS account 123456789012, region us-east-1';
    const names = { cluster: 'prefect-ecs-cluster' };
    const put = (body: object) => push.home.call('PUT', '/ui/work_pools/made/infrastructure', body);

    expect((await put({ place, things })).status).toBe(204);
    expect((await of('work_pools', 'made')).provisioned).toMatchObject({ place, things, names: {} });
    expect((await put({ place, things, names })).status).toBe(204);
    expect((await of('work_pools', 'made')).provisioned).toMatchObject({ place, things, names });
    expect((await put({ place, things, names: { cluster: '' } })).status).toBe(422);
    await push.home.call('DELETE', '/work_pools/made');
    await make();
    expect((await of('work_pools', 'made')).provisioned).toBeNull();
    expect((await push.home.call('PUT', '/ui/work_pools/none/infrastructure', { place, things })).status).toBe(404);
  });
});
