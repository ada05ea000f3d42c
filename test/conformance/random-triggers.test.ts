import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureVenv, PREFECT } from '../../infra/local/python-venv.ts';
import { timerFired } from '../../shared/lifecycle/timer-fired.ts';
import type { TimerEvent } from '../../shared/operations/events/timer-events.ts';
import { ROOT } from '../suites.ts';
import { type TestApp, testApp } from '../test-app.ts';

/** How many automations, and which: the same seed makes the same ones. */
const COUNT = Number(process.env['TRIGGERS'] ?? 25);
const SEED = process.env['SEED'] ?? '5';
const PROGRAM = path.join(ROOT, 'test/shared/domain/automations/random-triggers.py');
const DAY_SECONDS = 86_400;

interface Story {
  readonly kind: string;
  readonly trigger: object;
  /** Seconds of arrival; `late` is how much earlier the event occurred. */
  readonly steps: readonly { at: number; id: string; name: string; late: number; resource: string }[];
  /** Seconds at which Prefect fires, and for which event. */
  readonly fired: readonly (readonly [number, string | null])[];
}

/** Firings of one instant have no order. */
const inOrder = (fired: Story['fired']) =>
  fired.toSorted(([a, x], [b, y]) => a - b || String(x).localeCompare(String(y)));

describe('random triggers, with events that come late, doubled and at the edges of windows', () => {
  let home: TestApp;
  beforeAll(async () => {
    home = await testApp({ now: new Date('2030-01-01T00:00:00Z') });
  });
  afterAll(() => home.close());

  it(`fire when and for what Prefect's own evaluation fires (${COUNT} with seed ${SEED})`, async () => {
    const python = path.join(await ensureVenv(PREFECT), 'python');
    const { stdout } = await promisify(execFile)(python, [PROGRAM, SEED, String(COUNT)], { maxBuffer: 1 << 28 });
    const stories = stdout
      .trim()
      .split('\n')
      .map((line): Story => JSON.parse(line));

    expect(stories).toHaveLength(COUNT);
    for (const story of stories) {
      const { fired, ...given } = story;
      expect({ ...given, fired: inOrder(await play(story)) }).toEqual({ ...given, fired: inOrder(fired) });
    }
    expect(stories.filter(({ fired }) => fired.length > 0).length).toBeGreaterThan(COUNT / 4);
  }, 1_800_000);

  /** The same on a day of its own. */
  async function play({ trigger, steps }: Story): Promise<[number, string | null][]> {
    const start = home.app.clock.now().getTime();
    const second = () => (home.app.clock.now().getTime() - start) / 1000;
    const { body: automation } = await home.call('POST', '/automations/', {
      name: 'x',
      trigger,
      actions: [{ type: 'do-nothing' }],
    });
    for (const { at, id, name, late, resource } of steps) {
      await until(start + at * 1000);
      const event = {
        id,
        occurred: new Date(home.app.clock.now().getTime() - late * 1000).toISOString(),
        event: name,
        resource: { 'prefect.resource.id': resource },
      };
      expect((await home.call('POST', '/events', [event])).status).toBe(204);
      await until(start + at * 1000);
    }
    await until(start + (second() + 60) * 1000);
    const filter = {
      occurred: { since: new Date(start).toISOString() },
      event: { name: ['prefect.automation.triggered'] },
      order: 'ASC',
    };
    const { body } = await home.call('POST', '/events/filter', { filter, limit: 50 });
    await home.call('DELETE', `/automations/${automation.id}`);
    await until(start + DAY_SECONDS * 1000);
    return body.events.map(
      ({ occurred, payload }: { occurred: string; payload: { triggering_event: { id: string } } }) => [
        (Date.parse(occurred) - start) / 1000,
        payload.triggering_event?.id ?? null,
      ],
    );
  }

  /** Timers fire at theirs up to then, and there the clock stands. */
  async function until(end: number): Promise<void> {
    for (;;) {
      const [next] = [...home.timers].sort(([, a], [, b]) => a.at.getTime() - b.at.getTime());
      const at = next?.[1].at.getTime() ?? Number.POSITIVE_INFINITY;
      if (!next || at > end) break;
      home.timers.delete(next[0]);
      home.advance(Math.max(0, at - home.app.clock.now().getTime()) / 1000);
      await timerFired(home.app, next[1].payload as unknown as TimerEvent);
    }
    home.advance(Math.max(0, end - home.app.clock.now().getTime()) / 1000);
  }
});
