import { afterEach, describe, expect, it } from 'vitest';
import { cron, deployed, type VirtualTime, virtualTime } from './virtual-time.ts';

describe('a run that is due and has not begun', () => {
  let time: VirtualTime;
  afterEach(() => time.home.close());
  const at = (clock: string) => `2026-11-24T${clock}.000000Z`;
  const begin = async () => {
    time = await virtualTime({ now: '2026-11-24T10:00:30Z' });
  };
  const states = async (): Promise<[string, string][]> => {
    const body = {
      sort: 'EXPECTED_START_TIME_ASC',
      flow_runs: { expected_start_time: { before_: time.home.app.clock.now() } },
    };
    const runs = (await time.home.call('POST', '/flow_runs/filter', body)).body;
    return runs.map((run: { state_name: string; expected_start_time: string }) => [
      run.expected_start_time.slice(11, 16),
      run.state_name,
    ]);
  };
  const pause = (paused: boolean, pool = 'process-push') =>
    time.home.call('PATCH', `/work_pools/${pool}`, { is_paused: paused });

  it('of a worker is Late 15 s after, with its time, by a timer of its own (rule 12)', async () => {
    await begin();
    const id = await deployed(time, [], { type: 'process' });
    const made = await time.home.call('POST', `/deployments/${id}/create_flow_run`, {
      state: { type: 'SCHEDULED', state_details: { scheduled_time: '2026-11-24T11:00:00Z' } },
    });
    const run = async () => (await time.home.call('GET', `/flow_runs/${made.body.id}`)).body;

    await time.until('2026-11-24T11:00:14Z');
    expect((await run()).state_name).toBe('Scheduled');
    await time.until('2026-11-24T11:01:30Z');

    expect(await run()).toMatchObject({ state_name: 'Late', next_scheduled_start_time: at('11:00:00') });
  });

  it('is not Late when it began in time or was moved', async () => {
    await begin();
    const id = await deployed(time, [], { type: 'process' });
    const create = async () => (await time.home.call('POST', `/deployments/${id}/create_flow_run`, {})).body.id;
    const [begun, moved] = [await create(), await create()];
    await time.home.call('POST', `/flow_runs/${begun}/set_state`, { state: { type: 'PENDING' } });
    await time.home.call('POST', `/flow_runs/${moved}/set_state`, {
      state: { type: 'SCHEDULED', state_details: { scheduled_time: '2026-11-24T12:00:00Z' } },
      force: true,
    });

    await time.until('2026-11-24T11:00:00Z');
    const names = await Promise.all(
      [begun, moved].map(async (run) => (await time.home.call('GET', `/flow_runs/${run}`)).body.state_name),
    );
    await time.until('2026-11-24T12:05:00Z');

    expect(names).toEqual(['Pending', 'Scheduled']);
    expect((await time.home.call('GET', `/flow_runs/${moved}`)).body.state_name).toBe('Late');
  });

  it('of a worker’s schedule is Late, one after the other, though nobody polls', async () => {
    await begin();
    await deployed(time, [{ schedule: cron('*/10 * * * *') }], { type: 'process' });

    await time.until('2026-11-24T10:32:00Z');

    expect(await states()).toEqual([
      ['10:10', 'Late'],
      ['10:20', 'Late'],
      ['10:30', 'Late'],
    ]);
    expect(time.home.started).toEqual([]);
  });

  it('in a paused pool is Late and starts when the pool is resumed (rule 19)', async () => {
    await begin();
    await deployed(time, [{ schedule: cron('*/10 * * * *') }]);
    await pause(true);

    await time.until('2026-11-24T10:22:00Z');
    expect(await states()).toEqual([
      ['10:10', 'Late'],
      ['10:20', 'Late'],
    ]);
    await pause(false);
    await time.until('2026-11-24T10:25:00Z');

    expect(time.dues()).toEqual([at('10:10:00'), at('10:20:00')]);
  });

  describe.each(['in a paused pool', 'over an outage of the home'])('for long, %s', (why) => {
    const skipped = async (tags: string[]) => {
      await begin();
      await deployed(time, [{ schedule: cron('*/10 * * * *') }], { body: { tags } });
      if (why === 'in a paused pool') {
        await pause(true);
        await time.until('2026-11-24T11:04:00Z');
        await pause(false);
      } else {
        await time.until('2026-11-24T10:05:00Z');
        time.downUntil('2026-11-24T11:04:00Z');
      }
      await time.until('2026-11-24T11:05:00Z');
      return Object.fromEntries(await states());
    };

    it('starts with all the others, when nothing is said', async () => {
      expect(new Set(Object.values(await skipped([])))).toEqual(new Set(['Pending']));
      expect(time.started).toHaveLength(6);
    });

    it('is skipped for a newer one, when the deployment says `newest`', async () => {
      expect(await skipped(['pushpool.overdue:newest'])).toEqual({
        '10:10': 'Skipped',
        '10:20': 'Skipped',
        '10:30': 'Skipped',
        '10:40': 'Skipped',
        '10:50': 'Skipped',
        '11:00': 'Pending',
      });
    });

    it('is skipped after the seconds that the deployment names, and says so', async () => {
      const found = await skipped(['pushpool.overdue:1500']);

      expect(Object.entries(found).filter(([, name]) => name === 'Skipped')).toHaveLength(3);
      const runs = (
        await time.home.call('POST', '/flow_runs/filter', { flow_runs: { state: { name: { any_: ['Skipped'] } } } })
      ).body;
      expect(runs[0].state).toMatchObject({
        type: 'CANCELLED',
        message: expect.stringMatching(/\d+ s overdue .* tag pushpool\.overdue .* after 1500 s/),
      });
    });

    it('is skipped before a worker is handed it', async () => {
      await begin();
      await deployed(time, [{ schedule: cron('*/10 * * * *') }], {
        type: 'process',
        body: { tags: ['pushpool.overdue:newest'] },
      });
      await time.until('2026-11-24T10:35:00Z');

      const answer = await time.home.call('POST', '/work_pools/process/get_scheduled_flow_runs', {
        scheduled_before: time.home.app.clock.now(),
      });

      expect(
        answer.body.map((one: { flow_run: { expected_start_time: string } }) => one.flow_run.expected_start_time),
      ).toEqual([at('10:30:00')]);
    });
  });
});
