import { afterEach, describe, expect, it } from 'vitest';
import { versioned } from '../../../shared/domain/schedules/versions.ts';
import { settleSchedules } from '../../../shared/operations/schedules/settle-schedules.ts';
import { cron, deployed, every, type VirtualTime, virtualTime } from './virtual-time.ts';

/** Timers in AWS fire up to 59 s late, and so they do here. */
describe('runs from schedules', () => {
  let time: VirtualTime;
  afterEach(() => time.home.close());
  const begin = async (now: string) => {
    time = await virtualTime({ now });
  };
  const at = (clock: string) => `2026-11-24T${clock}.000000Z`;
  const onTime = () => time.started.every((run) => Date.parse(run.at) === Date.parse(run.due));

  it('start the second they are due, one after the other', async () => {
    await begin('2026-11-24T10:00:30Z');
    await deployed(time, [{ schedule: cron('*/2 * * * *') }]);

    await time.until('2026-11-24T10:11:00Z');

    expect(time.dues()).toEqual(['10:02:00', '10:04:00', '10:06:00', '10:08:00', '10:10:00'].map(at));
    expect(onTime()).toBe(true);
  });

  it('start every few seconds', async () => {
    await begin('2026-11-24T10:00:01Z');
    await deployed(time, [{ schedule: every(5) }]);

    await time.until('2026-11-24T10:03:00Z');

    expect(time.started).toHaveLength(3 * 12);
    expect(onTime()).toBe(true);
  });

  it('start a year ahead: the guard makes the run, and its execution waits for the second', async () => {
    await begin('2026-11-24T10:00:00Z');
    await deployed(time, [{ schedule: cron('0 12 10 10 *') }]);

    await time.until('2028-10-11T00:00:00Z');

    expect(time.dues()).toEqual(['2027-10-10T12:00:00.000000Z', '2028-10-10T12:00:00.000000Z']);
    expect(onTime()).toBe(true);
  });

  it('a broken chain: the guard starts the run whose execution was lost, and arms the one after it in time', async () => {
    await begin('2026-11-24T10:00:00Z');
    await deployed(time, [{ schedule: cron('5,15,25,35,45,55 * * * *') }]);
    let lost = 0;
    time.faults.breaks = (due) => due === at('10:15:00') && lost++ === 0;

    await time.until('2026-11-24T10:40:00Z');

    expect(time.dues()).toEqual(['10:05:00', '10:15:00', '10:25:00', '10:35:00'].map(at));
    expect(time.started.map((run) => run.at.slice(11, 16))).toEqual(['10:05', '10:23', '10:25', '10:35']);
  });

  it('an execution stopped by hand while it waits: the guard starts another, and the run starts on its second', async () => {
    await begin('2026-11-24T10:00:00Z');
    await deployed(time, [{ schedule: cron('0 12 * * *') }]);

    await time.until('2026-11-24T11:00:00Z');
    await time.stopExecution(at('12:00:00'));
    await time.until('2026-11-25T13:00:00Z');

    expect(time.dues()).toEqual([at('12:00:00'), '2026-11-25T12:00:00.000000Z']);
    expect(onTime()).toBe(true);
  });

  it('a missed firing: the chain goes on, and sets the guard anew', async () => {
    await begin('2026-11-24T10:00:00Z');
    await deployed(time, [{ schedule: cron('0 * * * *') }]);
    let lost = 0;
    time.faults.loses = (name) => name.startsWith('guard') && lost++ === 0;

    await time.until('2026-11-24T14:30:00Z');

    expect(time.dues()).toEqual(['10:00:00', '11:00:00', '12:00:00', '13:00:00', '14:00:00'].map(at));
    expect(onTime()).toBe(true);
    expect(lost).toBeGreaterThan(2);
  });

  it('a broken chain and a missed firing of a guard that does not repeat: the next firing mends both', async () => {
    await begin('2026-11-24T10:00:30Z');
    await deployed(time, [{ schedule: every(420, '2026-11-24T10:05:00Z') }]);
    time.faults.breaks = (due) => due === at('10:12:00');
    let firings = 0;
    time.faults.loses = (name) => name.startsWith('guard') && ++firings === 1;

    await time.until('2026-11-24T10:35:00Z');

    expect(time.dues()).toEqual(['10:05:00', '10:19:00', '10:26:00', '10:33:00'].map(at));
  });

  it('a missed firing before a run that is weeks ahead: a second timer starts it', async () => {
    await begin('2026-11-24T10:00:00Z');
    await deployed(time, [{ schedule: cron('0 8 * * 1') }]);
    time.faults.loses = (name) => name.startsWith('guard');

    await time.until('2026-12-15T00:00:00Z');

    expect(time.dues().map((due) => due.slice(0, 10))).toEqual(['2026-11-30', '2026-12-07', '2026-12-14']);
    expect(onTime()).toBe(true);
  });

  it('go on while a change of another schedule of the deployment is not yet settled', async () => {
    await begin('2026-11-24T10:00:30Z');
    const id = await deployed(time, [
      { schedule: every(10), slug: 'a' },
      { schedule: every(3600), slug: 'b' },
    ]);

    await time.home.app.store.deployments.update(id, (doc) => {
      const schedules = doc.schedules.map((one) => (one.slug === 'b' ? { ...one, parameters: { n: 1 } } : one));
      return versioned({ ...doc, schedules }, at('10:00:30'));
    });
    await time.until('2026-11-24T10:01:05Z');

    expect(time.dues()).toEqual(['10:00:30', '10:00:40', '10:00:50', '10:01:00'].map(at));
  });

  it('a guard of an older rhythm, left by two changes at once, is set right by its first firing', async () => {
    await begin('2026-11-24T10:00:30Z');
    await deployed(time, [{ schedule: cron('*/10 * * * *') }]);
    const [[name, guard] = []] = [...time.home.timers];
    const older = { cron: '1 * * * *', timezone: 'UTC', day_or: true };
    await time.home.app.timers.repeatAt(name!, older, guard!.functionName, {
      ...guard!.payload,
      rhythm: 'at older UTC',
    });

    await time.until('2026-11-24T11:03:00Z');

    expect(time.home.timers.get(name!)).toMatchObject({ cron: guard?.cron, payload: guard?.payload });
  });

  it('a guard that outlived its schedule ends itself', async () => {
    await begin('2026-11-24T10:00:30Z');
    const id = await deployed(time, [{ schedule: cron('*/10 * * * *') }]);
    const [[name, guard] = []] = [...time.home.timers];
    await time.home.call('DELETE', `/deployments/${id}`);
    await time.home.app.timers.repeatAt(name!, guard!.cron!, guard!.functionName, guard!.payload);

    await time.until('2026-11-24T11:00:00Z');

    expect(time.home.timers.size).toBe(0);
    expect(time.firings.filter((fired) => fired === name)).toHaveLength(1);
  });

  it('a doubled firing makes no second run and no second execution', async () => {
    await begin('2026-11-24T10:00:00Z');
    await deployed(time, [{ schedule: cron('0 8 * * *') }]);
    time.faults.doubles = () => true;

    await time.until('2026-11-28T10:00:00Z');

    expect(time.dues().map((due) => due.slice(0, 10))).toEqual([
      '2026-11-25',
      '2026-11-26',
      '2026-11-27',
      '2026-11-28',
    ]);
    expect(new Set(time.home.started.map(({ name }) => name)).size).toBe(time.home.started.length);
  });

  it('a restart over a due time: what became due meanwhile starts once, what comes after in time', async () => {
    await begin('2026-11-24T10:00:30Z');
    await deployed(time, [{ schedule: cron('*/10 * * * *') }]);

    await time.until('2026-11-24T10:15:00Z');
    time.downUntil('2026-11-24T10:45:00Z');
    await time.until('2026-11-24T11:05:00Z');

    expect(time.dues()).toEqual(['10:10:00', '10:20:00', '10:30:00', '10:40:00', '10:50:00', '11:00:00'].map(at));
    expect(time.started.slice(1, 4).map((run) => run.at.slice(11, 16))).toEqual(['10:45', '10:45', '10:45']);
  });

  it('an outage longer than the upcoming runs: those that existed start once, the time between stays missed', async () => {
    await begin('2026-11-24T10:00:00Z');
    await deployed(time, [{ schedule: every(60) }]);

    await time.until('2026-11-24T10:00:30Z');
    time.downUntil('2026-11-24T15:00:30Z');
    await time.until('2026-11-24T15:02:30Z');

    const dues = time.dues();
    expect(new Set(dues).size).toBe(dues.length);
    expect(dues.slice(-2)).toEqual([at('15:01:00'), at('15:02:00')]);
    expect(dues.filter((due) => due > at('11:01:00') && due < at('15:00:00'))).toEqual([]);
  });

  it('changed while one is armed: the old one goes, its execution ends without effects, the new one starts', async () => {
    await begin('2026-11-24T10:00:30Z');
    const id = await deployed(time, [{ schedule: cron('10 * * * *'), slug: 's' }]);

    await time.until('2026-11-24T10:05:00Z');
    const change = { schedules: [{ schedule: cron('20 * * * *'), slug: 's' }], parameters: { n: 2 } };
    await time.home.call('PATCH', `/deployments/${id}`, { ...change, enforce_parameter_schema: false });
    await time.until('2026-11-24T11:30:00Z');

    expect(time.started.map(({ due, parameters }) => [due, parameters])).toEqual([
      [at('10:20:00'), { n: 2 }],
      [at('11:20:00'), { n: 2 }],
    ]);
  });

  it('changed after one was due and before it was prepared: it starts as it was, and not twice', async () => {
    await begin('2026-11-24T10:00:30Z');
    const id = await deployed(time, [{ schedule: cron('*/10 * * * *'), slug: 's', parameters: { n: 1 } }]);

    await time.until('2026-11-24T10:09:59Z');
    time.downUntil('2026-11-24T10:10:01Z');
    const change = { schedules: [{ slug: 's', parameters: { n: 2 } }], enforce_parameter_schema: false };
    await time.home.call('PATCH', `/deployments/${id}`, change);
    await time.until('2026-11-24T10:25:00Z');

    expect(time.started.map(({ due, parameters }) => [due, parameters])).toEqual([
      [at('10:10:00'), { n: 1 }],
      [at('10:20:00'), { n: 2 }],
    ]);
  });

  it('changed by a write that begins before one is due and lands after it started: it is not run twice (rule 15)', async () => {
    await begin('2026-11-24T10:00:30Z');
    const id = await deployed(time, [{ schedule: cron('*/10 * * * *'), slug: 's' }]);

    await time.until('2026-11-24T10:10:00Z');
    await time.home.app.store.deployments.update(id, (doc) =>
      versioned({ ...doc, parameters: { n: 2 } }, at('10:09:59')),
    );
    await settleSchedules(time.home.app, id);
    await time.until('2026-11-24T10:25:00Z');

    expect(time.dues()).toEqual([at('10:10:00'), at('10:20:00')]);
  });

  it('of an older version that a lagging list did not show are dropped when they are due', async () => {
    await begin('2026-11-24T10:00:30Z');
    const id = await deployed(time, [{ schedule: cron('*/10 * * * *'), slug: 's' }]);
    const { deployments } = time.home.app.store;

    // The change is stored and settled, but what the older version made is still there.
    await deployments.update(id, (doc) => ({
      ...versioned({ ...doc, parameters: { n: 2 } }, at('10:01:00')),
      schedules_unsettled: false,
    }));
    await time.until('2026-11-24T10:15:00Z');

    expect(time.started).toMatchObject([{ due: at('10:10:00'), parameters: { n: 2 } }]);
    const due = await time.home.call('POST', '/flow_runs/filter', {
      flow_runs: { expected_start_time: { before_: '2026-11-24T10:15:00Z' } },
    });
    expect(due.body.map((run: { id: string }) => run.id)).toEqual([time.started[0]?.id]);
  });

  it('paused are gone, overdue ones too, and resumed begin with the next', async () => {
    await begin('2026-11-24T10:00:30Z');
    const id = await deployed(time, [{ schedule: cron('*/10 * * * *') }]);

    await time.until('2026-11-24T10:05:00Z');
    time.downUntil('2026-11-24T10:10:01Z');
    await time.home.call('POST', `/deployments/${id}/pause_deployment`);
    expect((await time.home.call('POST', '/flow_runs/filter', {})).body).toEqual([]);
    await time.until('2026-11-24T10:25:00Z');
    await time.home.call('POST', `/deployments/${id}/resume_deployment`);
    await time.until('2026-11-24T10:45:00Z');

    expect(time.dues()).toEqual([at('10:30:00'), at('10:40:00')]);
  });

  it('go on after the armed one is deleted or cancelled by hand', async () => {
    await begin('2026-11-24T10:00:30Z');
    await deployed(time, [{ schedule: every(60) }]);
    const upcoming = async (index: number) =>
      (await time.home.call('POST', '/flow_runs/filter', { sort: 'EXPECTED_START_TIME_ASC' })).body[index].id;

    await time.home.call('DELETE', `/flow_runs/${await upcoming(0)}`);
    await time.until('2026-11-24T10:02:30Z');
    await time.home.call('POST', `/flow_runs/${await upcoming(1)}/set_state`, { state: { type: 'CANCELLED' } });
    await time.until('2026-11-24T10:05:30Z');

    expect(time.dues()).toEqual([at('10:02:00'), at('10:04:00'), at('10:05:00')]);
    expect(onTime()).toBe(true);
  });

  it.each([
    ['skips it: later that day', '2026-03-07', ['03-07T07:30', '03-08T07:30', '03-09T06:30']],
    ['shows it twice: the second time', '2026-10-31', ['10-31T06:30', '11-01T07:30', '11-02T07:30']],
  ])('at half past two run once on the day when the clock %s', async (_what, day, dues) => {
    await begin(`${day}T00:00:00Z`);
    await deployed(time, [{ schedule: cron('30 2 * * *', 'America/New_York') }]);

    await time.until(new Date(Date.parse(day) + 3 * 86_400_000).toISOString());

    expect(time.dues()).toEqual(dues.map((due) => `2026-${due}:00.000000Z`));
    expect(onTime()).toBe(true);
  });

  it('by hand and far ahead have a timer only, and start the second they are due', async () => {
    await begin('2026-11-24T10:00:00Z');
    const id = await deployed(time, []);
    const scheduled_time = '2027-03-01T12:00:00Z';

    await time.home.call('POST', `/deployments/${id}/create_flow_run`, {
      state: { type: 'SCHEDULED', state_details: { scheduled_time } },
    });
    await time.until('2027-02-28T00:00:00Z');
    expect(time.home.started).toEqual([]);
    await time.until('2027-03-02T00:00:00Z');

    expect(time.started.map((run) => run.at)).toEqual(['2027-03-01T12:00:00.000Z']);
  });
});
