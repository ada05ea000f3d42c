import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ensureVenv, PREFECT } from '../../infra/local/python-venv.ts';
import { scheduleDates } from '../../shared/domain/schedules/dates.ts';
import type { Schedule } from '../../shared/domain/schedules/schedule.ts';
import { ROOT } from '../suites.ts';

/** How many schedules, and which: the same seed makes the same ones. */
const COUNT = Number(process.env['SCHEDULES'] ?? 60);
const SEED = process.env['SEED'] ?? '8';
const PROGRAM = path.join(ROOT, 'test/shared/domain/schedules/random-vectors.py');

interface Vector {
  readonly schedule: Schedule;
  readonly start: string;
  readonly n: number;
  readonly dates: readonly string[];
}

describe('the dates of random schedules in random years', () => {
  it(`are those that Prefect generates (${COUNT} with seed ${SEED})`, async () => {
    const python = path.join(await ensureVenv(PREFECT), 'python');
    const { stdout } = await promisify(execFile)(python, [PROGRAM, SEED, String(COUNT)], { maxBuffer: 1 << 28 });
    const vectors = stdout
      .trim()
      .split('\n')
      .map((line): Vector => JSON.parse(line));

    expect(vectors).toHaveLength(COUNT);
    for (const { schedule, start, n, dates } of vectors)
      expect({ schedule, start, dates: take(schedule, start, n) }).toEqual({ schedule, start, dates });
  }, 1_800_000);
});

function take(schedule: Schedule, start: string, count: number): string[] {
  const dates: string[] = [];
  for (const date of scheduleDates(schedule, start)) if (dates.push(date) === count) break;
  return dates;
}
