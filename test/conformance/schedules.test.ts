import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureVenv, PREFECT } from '../../infra/local/python-venv.ts';
import { ROOT } from '../suites.ts';
import { type LocalHome, startLocalHome } from './local-home.ts';
import { deploymentNamed, expectStatus } from './runs.ts';
import { waitUntil } from './waiting.ts';

const EXAMPLES = path.join(ROOT, 'examples');

describe.sequential('schedules as the real client sets them', () => {
  let home: LocalHome;
  beforeAll(async () => {
    home = await startLocalHome({ bin: await ensureVenv(PREFECT) });
    await cli('work-pool', 'create', '--type', 'process:push', 'local');
  });
  afterAll(() => home?.stop());

  /** The CLI in `examples/`; fails with what it printed when it fails. */
  async function cli(...args: string[]): Promise<string> {
    const { exitCode, output } = await home.prefect(args, { cwd: EXAMPLES });
    expect(exitCode, `prefect ${args.join(' ')}\n${output}`).toBe(0);
    return output;
  }
  const schedules = async () => (await deploymentNamed(home, 'hello/timed')).schedules;
  const runs = (name: string) =>
    expectStatus(200, home, 'POST', '/flow_runs/filter', {
      flow_runs: { state: { name: { any_: [name] } }, tags: { all_: ['auto-scheduled'] } },
      sort: 'EXPECTED_START_TIME_ASC',
    });

  it('by `prefect deploy --interval` start runs on time, which complete', async () => {
    await cli('--no-prompt', 'deploy', 'hello/flow.py:hello', '--name', 'timed', '--pool', 'local', '--interval', '10');

    const done = await waitUntil(
      async () => {
        const found = await runs('Completed');
        return found.length >= 2 && found;
      },
      { seconds: 180, what: 'two scheduled runs to complete', everyMilliseconds: 500 },
    );

    for (const run of done) {
      expect(run).toMatchObject({
        auto_scheduled: true,
        created_by: { type: 'SCHEDULE', display_value: 'IntervalSchedule' },
      });
      expect(run.start_time >= run.expected_start_time).toBe(true);
    }
  });

  it('are paused and resumed by `prefect deployment schedule`, and their runs go and come', async () => {
    const [{ id }] = await schedules();

    await cli('deployment', 'schedule', 'pause', 'hello/timed', id);
    expect([(await schedules())[0].active, await runs('Scheduled')]).toEqual([false, []]);
    await cli('deployment', 'schedule', 'resume', 'hello/timed', id);
    expect([(await schedules())[0].active, (await runs('Scheduled')).length > 2]).toEqual([true, true]);
  });

  it('are deleted and created, by cron and by recurrence', async () => {
    const [{ id }] = await schedules();

    await cli('--no-prompt', 'deployment', 'schedule', 'delete', 'hello/timed', id, '--accept-yes');
    expect([await schedules(), await runs('Scheduled')]).toEqual([[], []]);
    await cli('deployment', 'schedule', 'create', 'hello/timed', '--cron', '0 4 * * *', '--timezone', 'Europe/Berlin');
    await cli(
      'deployment',
      'schedule',
      'create',
      'hello/timed',
      '--rrule',
      'FREQ=DAILY;BYHOUR=9;BYMINUTE=30;BYSECOND=0',
    );

    expect(await cli('deployment', 'schedule', 'ls', 'hello/timed')).toContain('0 4 * * *');
    expect(await runs('Scheduled')).toHaveLength(6);
  });

  it('are gone with `prefect deployment schedule clear`', async () => {
    await cli('--no-prompt', 'deployment', 'schedule', 'clear', 'hello/timed', '--accept-yes');

    expect([await schedules(), await runs('Scheduled')]).toEqual([[], []]);
  });
});
