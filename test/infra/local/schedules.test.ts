import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Home, startHome } from '../../../infra/local/home.ts';
import { waitUntil } from '../../conformance/waiting.ts';
import { call, makePlace, type Place } from './push-pool.ts';

interface Run {
  id: string;
  state_type: string;
  start_time: string | null;
  expected_start_time: string;
}

describe('schedules in the local home', () => {
  let folder: string;
  let home: Home;
  let place: Place;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pushpool-test-'));
    await live();
  });
  afterEach(async () => {
    await home.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  async function live(): Promise<void> {
    home = await startHome({ dataFolder: folder, port: 0 });
    place = await makePlace(home.apiUrl);
  }

  const deploy = async (name: string, schedules: object[]): Promise<string> => {
    const body = {
      name,
      flow_id: place.flow_id,
      work_pool_name: 'local',
      job_variables: { command: 'true' },
      schedules,
    };
    const made = await call(home.apiUrl, 'POST', '/deployments/', body);
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    return made.body.id;
  };
  const runs = async (types: string[]): Promise<Run[]> => {
    const found: Run[] = [];
    for (let offset = 0; ; offset += 200) {
      const filter = { flow_runs: { state: { type: { any_: types } } }, limit: 200, offset };
      const page = (await call(home.apiUrl, 'POST', '/flow_runs/filter', filter)).body;
      found.push(...page);
      if (page.length < 200) return found;
    }
  };
  const whenCompleted = (count: number, seconds: number) =>
    waitUntil(
      async () => {
        const found = await runs(['COMPLETED']);
        return found.length >= count && found;
      },
      { seconds, what: `${count} completed runs`, everyMilliseconds: 500 },
    );

  it('start every second, over a restart as well, none twice and none before its time', async () => {
    await deploy('often', [{ schedule: { interval: 1 } }]);
    await whenCompleted(3, 60);
    await home.close();
    await live();

    const found = await whenCompleted(8, 60);

    const dues = found.map((run) => run.expected_start_time);
    expect(new Set(dues).size).toBe(dues.length);
    expect(found.every((run) => run.start_time !== null && run.start_time >= run.expected_start_time)).toBe(true);
  }, 150_000);

  it('due in the same second, 200 of them, are all submitted', async () => {
    const anchor_date = new Date(Math.ceil(Date.now() / 1000) * 1000 + 40_000).toISOString();
    const one = { schedule: { interval: 86_400, anchor_date, timezone: 'UTC' }, max_scheduled_runs: 1 };
    for (let number = 0; number < 20; number++) {
      await deploy(
        `d-${number}`,
        Array.from({ length: 10 }, (_, index) => ({ ...one, slug: `s-${index}` })),
      );
    }
    expect(await runs(['SCHEDULED'])).toHaveLength(200);

    const found = await whenCompleted(200, 180);

    expect(found).toHaveLength(200);
    expect(new Set(found.map((run) => run.expected_start_time)).size).toBe(1);
  }, 300_000);
});
