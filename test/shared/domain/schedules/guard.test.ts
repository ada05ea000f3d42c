import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guardRhythm, guardTime } from '../../../../shared/domain/schedules/guard.ts';
import type { Schedule } from '../../../../shared/domain/schedules/schedule.ts';
import { firstDateAfter, later } from '../../../../shared/domain/schedules/window.ts';

const cron = (expression: string, timezone: string | null = 'UTC'): Schedule => ({
  cron: expression,
  timezone,
  day_or: true,
});
const every = (seconds: number, anchor_date = '2026-01-01T00:00:00.000000Z', timezone = 'UTC'): Schedule => ({
  interval: seconds,
  anchor_date,
  timezone,
});

describe('the guard that repeats', () => {
  it.each([
    ['30 8 * * *', '28 8 * * *'],
    ['0 8 * * *', '58 7 * * *'],
    ['0 0 * * *', '58 23 * * *'],
    ['*/15 * * * *', '13,28,43,58 * * * *'],
    ['* * * * *', '* * * * *'],
    ['1 9 * * mon-fri', '59 8 * * 1,2,3,4,5'],
    ['30 0 1 * *', '28 0 1 * *'],
    ['@hourly', '58 * * * *'],
  ])('of cron %s is %s: two minutes before', (expression, rhythm) => {
    expect(guardRhythm(cron(expression, 'Europe/Berlin'))).toEqual({
      cron: rhythm,
      timezone: 'Europe/Berlin',
      day_or: true,
    });
  });

  it.each([
    [every(300), '3,8,13,18,23,28,33,38,43,48,53,58 * * * *'],
    [every(3600, '2026-01-01T00:20:30.000000Z'), '18 * * * *'],
    [every(6 * 3600, '2026-01-01T01:30:00.000000Z'), '28 1,7,13,19 * * *'],
    [every(86_400, '2026-01-01T00:01:00.000000Z'), '59 23 * * *'],
  ])('of %j is %s, where an interval comes at the same minutes of each day', (schedule, rhythm) => {
    expect(guardRhythm(schedule)?.cron).toBe(rhythm);
  });

  it.each([
    ['seconds', cron('0 8 * * * 30')],
    ['two kinds of day', cron('0 8 1 * mon')],
    ['counted weekdays', cron('0 8 * * mon#1')],
    ['the last day of a month', cron('0 8 l * *')],
    ['a few months', cron('0 8 1 1 *')],
    ['a time after midnight on some days', cron('0 0 * * mon')],
    ['minutes on both sides of the hour, at some hours', cron('0,30 8 * * *')],
    ['seconds of an interval', every(45)],
    ['an interval that moves through the day', every(7 * 60)],
    ['days on the wall', every(86_400, '2026-01-01T00:00:00.000000Z', 'Europe/Berlin')],
    ['a recurrence', { rrule: 'FREQ=DAILY', timezone: 'UTC' }],
  ])('cannot say %s', (_what, schedule) => {
    expect(guardRhythm(schedule)).toBeNull();
  });

  it('fires two minutes before every time of its schedule', () => {
    const set = (max: number) => fc.uniqueArray(fc.integer({ min: 0, max }), { minLength: 1, maxLength: 6 });
    const day = fc.constantFrom('* * *', '1,15 * *', '* * 1,3');
    fc.assert(
      fc.property(set(59), set(23), day, fc.boolean(), (minutes, hours, days, anyHour) => {
        const schedule = cron(`${minutes.join(',')} ${anyHour ? '*' : hours.join(',')} ${days}`);
        const rhythm = guardRhythm(schedule);
        fc.pre(rhythm !== null);
        let now = '2026-11-24T10:00:00.000000Z';
        for (let step = 0; step < 20; step++) {
          const due = firstDateAfter(schedule, now)!;
          expect(firstDateAfter(rhythm, later(due, -121))).toBe(later(due, -120));
          now = due;
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('the guard that is set anew', () => {
  it('fires two minutes before the first run that is not seen to now, never within a minute', () => {
    expect(guardTime(every(7 * 60), '2026-01-01T00:00:30.000000Z')).toBe('2026-01-01T00:05:00.000000Z');
    expect(guardTime(every(5), '2026-01-01T00:00:00.000000Z')).toBe('2026-01-01T00:01:05.000000Z');
  });

  it('of a run months ahead fires when that shows among the upcoming ones', () => {
    expect(guardTime(cron('0 12 1 7 *'), '2026-11-24T00:00:00.000000Z')).toBe('2027-03-23T12:00:00.000000Z');
  });

  it('is none when the schedule has ended', () => {
    const ended: Schedule = { rrule: 'DTSTART:20200101T000000\nRRULE:FREQ=DAILY;COUNT=1', timezone: 'UTC' };
    expect(guardTime(ended, '2026-11-24T00:00:00.000000Z')).toBeNull();
  });
});
