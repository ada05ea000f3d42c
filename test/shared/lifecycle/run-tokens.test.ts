import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { authenticateToken } from '../../../shared/operations/access/authenticate.ts';
import { type PushHome, pushHome, running } from './pushed-run.ts';

describe('the token of a run (rule 8)', () => {
  let push: PushHome;
  beforeEach(async () => {
    push = await pushHome();
  });
  afterEach(() => push.home.close());

  const status = async (method: string, path: string, body: unknown, headers: Record<string, string>) =>
    (await push.home.call(method, path, body, headers)).status;

  it('reads its run, writes logs and flows, and may not touch pools, keys, deployments or other runs', async () => {
    const { id } = await running(push);
    const other = await running(push);
    const token = await push.asRun(id, 1);

    const may = [
      await status('GET', `/flow_runs/${id}`, undefined, token),
      await status('POST', '/logs/', [], token),
      await status('POST', '/flows/', { name: 'sub' }, token),
      await status('PATCH', `/flow_runs/${id}/labels`, { a: 'b' }, token),
    ];
    const mayNot = [
      await status('POST', '/work_pools/', { name: 'x', type: 'process' }, token),
      await status('PATCH', '/work_pools/push', { is_paused: true }, token),
      await status('POST', `/flow_runs/${other.id}/set_state`, { state: { type: 'CANCELLED' } }, token),
      await status('DELETE', `/flow_runs/${id}`, undefined, token),
    ];

    expect(may.every((code) => code < 300)).toBe(true);
    expect(mayNot).toEqual([403, 403, 403, 403]);
  });

  it('reaches the runs it created, and those they created', async () => {
    const { id } = await running(push);
    const token = await push.asRun(id, 1);
    const flow = await push.home.call('POST', '/flows/', { name: 'child' });
    const child = await push.home.call('POST', '/flow_runs/', { flow_id: flow.body.id }, token);

    const answer = await push.home.call(
      'POST',
      `/flow_runs/${child.body.id}/set_state`,
      { state: { type: 'RUNNING' } },
      token,
    );

    expect([answer.status, answer.body.status]).toEqual([201, 'ACCEPT']);
  });

  it('loses set_state at the terminal state, but a repeated last proposal is answered as already made', async () => {
    const { id } = await running(push);
    const token = await push.asRun(id, 1);
    const completed = { type: 'COMPLETED', state_details: { transition_id: '00000000-0000-4000-8000-000000000001' } };
    await push.setState(id, completed, token);

    const repeated = await push.setState(id, completed, token);
    const more = await push.setState(id, { type: 'RUNNING' }, token);

    expect([repeated.status, repeated.body.status, repeated.body.state.type]).toEqual([200, 'REJECT', 'COMPLETED']);
    expect([more.body.status, more.body.details.reason]).toEqual(['ABORT', 'This attempt was superseded.']);
  });

  it('still writes logs for a minute after its container was seen to end, and then nothing at all', async () => {
    const { id: run, input } = await running(push);
    const token = await push.asRun(run, 1);
    await push.setState(run, { type: 'COMPLETED' }, token);
    await push.step('finish', input);
    await push.containerEnds(run, 1, { exitCode: 0 });
    const bare = Buffer.from(token['authorization']!.slice(6), 'base64').toString();

    const soon = await authenticateToken(push.home.app, bare);
    push.home.advance(61);
    const late = await authenticateToken(push.home.app, bare);

    expect([soon.kind, late.kind]).toEqual(['run', 'anonymous']);
  });

  it('is refused when a character of it is changed', async () => {
    const { id } = await running(push);

    const forged = await authenticateToken(push.home.app, `ppr.${id}.1.signed-x`);

    expect(forged.kind).toBe('anonymous');
  });
});
