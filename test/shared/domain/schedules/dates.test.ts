import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCron } from '../../../../shared/domain/schedules/cron.ts';
import { scheduleDates } from '../../../../shared/domain/schedules/dates.ts';
import type { Schedule } from '../../../../shared/domain/schedules/schedule.ts';
import { fromLocal, isTimeZone, toLocal } from '../../../../shared/domain/schedules/time-zone.ts';

interface Vector {
  schedule: Schedule;
  start: string;
  end: string | null;
  n: number;
  dates: string[];
}

/** Made by Prefect's own schedules: `make-vectors.py` beside this file. */
const vectors: { valid: [string, boolean][]; dates: Vector[] } = JSON.parse(
  readFileSync(new URL('./vectors.json', import.meta.url), 'utf8'),
);

function take(schedule: Schedule, start: string, count: number, end: string | null = null): string[] {
  const dates: string[] = [];
  for (const date of scheduleDates(schedule, start)) {
    if ((end !== null && date > end) || dates.push(date) === count) break;
  }
  return dates;
}

describe('the dates of a schedule', () => {
  it.each(['cron', 'interval', 'rrule'])('by %s are those that Prefect generates', (kind) => {
    const chosen = vectors.dates.filter(({ schedule }) => kind in schedule);

    expect(chosen.length).toBeGreaterThan(100);
    for (const { schedule, start, end, n, dates } of chosen) {
      expect({ schedule, start, dates: take(schedule, start, n, end) }).toEqual({ schedule, start, dates });
    }
  });

  it('rise strictly and never lie before the start', () => {
    const zones = fc.constantFrom('UTC', 'America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe');
    const starts = fc.date({ min: new Date('2024-01-01'), max: new Date('2030-01-01'), noInvalidDate: true });
    const schedules = fc.oneof(
      fc.record({
        cron: fc
          .tuple(fc.integer({ min: 0, max: 59 }), fc.integer({ min: 0, max: 23 }))
          .map(([m, h]) => `${m} ${h},1-3 * * *`),
        timezone: zones,
        day_or: fc.boolean(),
      }),
      fc.record({
        interval: fc.integer({ min: 1, max: 400_000 }),
        anchor_date: fc.constantFrom('2020-01-01T00:00:00.000000Z', '2031-05-05T05:05:05.000005Z'),
        timezone: zones,
      }),
      fc.record({
        rrule: fc
          .constantFrom('FREQ=HOURLY', 'FREQ=DAILY;BYHOUR=1,2,3', 'FREQ=WEEKLY;BYDAY=SU;BYHOUR=2')
          .map((rule) => `DTSTART:20200101T003000\n${rule}`),
        timezone: zones,
      }),
    );
    fc.assert(
      fc.property(schedules, starts, (schedule, at) => {
        const start = `${at.toISOString().slice(0, 23)}500Z`;
        const dates = take(schedule, start, 12);
        expect(dates).toHaveLength(12);
        expect(dates[0]! >= start).toBe(true);
        for (const [index, date] of dates.slice(1).entries()) expect(date > dates[index]!).toBe(true);
      }),
    );
  });

  it('of short intervals are evenly spaced, also when the clock is moved', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 86_399 }), (interval) => {
        const schedule = { interval, anchor_date: '2020-01-01T00:00:00.000000Z', timezone: 'America/New_York' };
        const dates = take(schedule, '2026-10-31T12:00:00.000000Z', 30).map((date) => Date.parse(date));
        for (const [index, date] of dates.slice(1).entries()) expect(date - dates[index]!).toBe(interval * 1000);
      }),
    );
  });

  it('of an interval count from the instant of the anchor, in whatever offset it is given', () => {
    const every = (anchor_date: string) =>
      take({ interval: 7000, anchor_date, timezone: 'UTC' }, '2026-11-24T00:00:00.000000Z', 3);

    expect(every('2024-01-01T00:00:00.000005-05:00')).toEqual(every('2024-01-01T05:00:00.000005Z'));
  });

  it('that the clock skips move forward, and those it repeats come once', () => {
    const zone = { timezone: 'America/New_York', day_or: true };

    expect(take({ cron: '30 2 * * *', ...zone }, '2026-03-08T00:00:00.000000Z', 2)).toEqual([
      '2026-03-08T07:30:00.000000Z',
      '2026-03-09T06:30:00.000000Z',
    ]);
    expect(take({ cron: '30 1 * * *', ...zone }, '2026-11-01T00:00:00.000000Z', 2)).toEqual([
      '2026-11-01T05:30:00.000000Z',
      '2026-11-02T06:30:00.000000Z',
    ]);
  });

  it('end for a rule that ends and for a day that never comes', () => {
    const rrule = 'DTSTART:20260101T000000\nRRULE:FREQ=DAILY;COUNT=3';

    expect(take({ rrule, timezone: 'UTC' }, '2026-01-02T00:00:00.000000Z', 9)).toHaveLength(2);
    expect(take({ cron: '0 0 30 2 *', timezone: null, day_or: true }, '2026-01-01T00:00:00.000000Z', 1)).toEqual([]);
  });
});

describe('a cron expression', () => {
  it('is valid when croniter says so', () => {
    // croniter takes 0 for a month at the end of a range that runs backwards, which names no month.
    const agreed = vectors.valid.filter(([expression]) => !/-0(?:\/|,|\s|$)/.test(expression.split(' ')[3] ?? ''));
    for (const [expression, valid] of agreed) {
      let ours = true;
      try {
        parseCron(expression);
      } catch {
        ours = false;
      }
      expect([expression, ours]).toEqual([expression, valid]);
    }
  });

  it.each([
    '',
    '* * * *',
    '60 * * * *',
    '* 24 * * *',
    '*/0 * * * *',
    '* * * foo *',
    '-1 * * * *',
    '* * * * mon#6',
    '? * * * *',
    'R * * * *',
    '* * W * *',
  ])('like "%s" is refused', (expression) => {
    expect(() => parseCron(expression)).toThrow();
  });
});

describe('a time zone', () => {
  it('is known by its IANA name only', () => {
    expect(['UTC', 'America/New_York', 'US/Eastern', 'Europe/Berlin'].map(isTimeZone)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(['', 'Bogus/X', '+05:00', '5', 'America/'].map(isTimeZone)).toEqual([false, false, false, false, false]);
  });

  it('turns an instant into local time and back, the second pass through a repeated hour excepted', () => {
    const zones = fc.constantFrom('UTC', 'America/New_York', 'Europe/Berlin', 'Asia/Kolkata', 'Australia/Lord_Howe');
    const instants = fc.date({ min: new Date('2000-01-01'), max: new Date('2035-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(instants, zones, (instant, zone) => {
        const local = toLocal(instant, zone);
        const back = fromLocal(local, zone);
        expect(toLocal(back, zone)).toEqual(local);
        expect(back <= instant).toBe(true);
      }),
    );
  });
});
