import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cron, deployed, type VirtualTime, virtualTime } from './virtual-time.ts';

const RHYTHMS = { '*/2 * * * *': 2, '*/3 * * * *': 3, '*/5 * * * *': 5, '*/15 * * * *': 15 } as const;
type Expression = keyof typeof RHYTHMS;
const expression = fc.constantFrom(...(Object.keys(RHYTHMS) as Expression[]));

/** What people do with a schedule, and how many minutes go by. */
const change = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 20 }).map((minutes) => ({ kind: 'wait' as const, minutes })) },
  { weight: 1, arbitrary: fc.boolean().map((paused) => ({ kind: 'pause' as const, paused })) },
  { weight: 1, arbitrary: fc.boolean().map((active) => ({ kind: 'activate' as const, active })) },
  { weight: 2, arbitrary: expression.map((to) => ({ kind: 'change' as const, to })) },
  { weight: 1, arbitrary: expression.map((to) => ({ kind: 'replace' as const, to })) },
  { weight: 1, arbitrary: fc.constant({ kind: 'delete' as const }) },
);
type Change = typeof change extends fc.Arbitrary<infer One> ? One : never;

/** The schedule as its users think of it: what stands at a minute starts a run then. */
interface Model {
  now: number;
  paused: boolean;
  schedule: { rhythm: number; active: boolean } | null;
  readonly dues: string[];
}

function think(model: Model, what: Change): void {
  switch (what.kind) {
    case 'wait':
      for (const end = model.now + what.minutes * 60_000; model.now < end; model.now += 60_000) {
        const due = new Date(model.now - (model.now % 60_000) + 60_000);
        const { paused, schedule } = model;
        if (!paused && schedule?.active && due.getUTCMinutes() % schedule.rhythm === 0)
          model.dues.push(due.toISOString().replace('Z', '000Z'));
      }
      return;
    case 'pause':
      model.paused = what.paused;
      return;
    case 'activate':
      if (model.schedule) model.schedule.active = what.active;
      return;
    case 'change':
      if (model.schedule) model.schedule.rhythm = RHYTHMS[what.to];
      return;
    case 'replace':
      model.schedule = { rhythm: RHYTHMS[what.to], active: true };
      return;
    case 'delete':
      model.schedule = null;
  }
}

async function act(time: VirtualTime, id: string, model: Model, what: Change): Promise<void> {
  const { home } = time;
  const call = async (method: string, path: string, body?: unknown) => {
    const { status, body: answer } = await home.call(method, `/deployments/${id}${path}`, body);
    expect(status, `${method} ${path} ${JSON.stringify(answer)}`).toBeLessThan(300);
    return answer;
  };
  const [schedule] = await call('GET', '/schedules');
  switch (what.kind) {
    case 'wait':
      return time.until(new Date(model.now).toISOString());
    case 'pause':
      return call('POST', what.paused ? '/pause_deployment' : '/resume_deployment');
    case 'activate':
      return schedule && call('PATCH', `/schedules/${schedule.id}`, { active: what.active });
    case 'change':
      return schedule && call('PATCH', `/schedules/${schedule.id}`, { schedule: cron(what.to) });
    case 'replace':
      if (schedule) await call('DELETE', `/schedules/${schedule.id}`);
      return call('POST', '/schedules', [{ schedule: cron(what.to), active: true }]);
    case 'delete':
      return schedule && call('DELETE', `/schedules/${schedule.id}`);
  }
}

describe('a schedule that is changed, paused, resumed, replaced and deleted', () => {
  it('leaves neither ghosts nor gaps: each minute starts what stands then, on its second', {
    timeout: 90_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 4, maxLength: 12 }), async (changes) => {
        const time = await virtualTime({ now: '2026-11-24T10:00:30Z' });
        const id = await deployed(time, [{ schedule: cron('*/2 * * * *') }]);
        const now = Date.parse('2026-11-24T10:00:30Z');
        const model: Model = { now, paused: false, schedule: { rhythm: 2, active: true }, dues: [] };
        for (const what of [...changes, { kind: 'wait', minutes: 20 } as const]) {
          think(model, what);
          await act(time, id, model, what);
        }

        expect(time.dues()).toEqual(model.dues);
        expect(time.started.filter((run) => Date.parse(run.at) !== Date.parse(run.due))).toEqual([]);
        await time.home.close();
      }),
      { numRuns: Number(process.env['SCHEDULE_CHANGES'] ?? 12) },
    );
  });
});
