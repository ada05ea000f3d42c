import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from '../../test-app.ts';

const UNKNOWN = '00000000-0000-4000-8000-000000000000';
const cron = (hour: number) => ({ cron: `0 ${hour} * * *`, timezone: null, day_or: true });

interface ScheduleAnswer {
  id: string;
  slug: string | null;
  schedule: { cron: string };
  active: boolean;
  parameters: object;
}

describe('schedules of a deployment', () => {
  let home: TestApp;
  let path: string;
  let count = 0;
  beforeAll(async () => {
    home = await testApp({ now: new Date('2026-11-24T05:00:00Z') });
  });
  beforeEach(async () => {
    const flow = await home.call('POST', '/flows/', { name: `flow-${++count}` });
    const deployment = await home.call('POST', '/deployments/', {
      name: 'd',
      flow_id: flow.body.id,
      schedules: [
        { schedule: cron(1), slug: 'one', parameters: { n: 5 } },
        { schedule: cron(2), slug: 'two' },
      ],
    });
    path = `/deployments/${deployment.body.id}`;
  });
  afterAll(() => home.close());

  const schedules = async (): Promise<ScheduleAnswer[]> => (await home.call('GET', `${path}/schedules`)).body;
  const named = async (slug: string) => (await schedules()).find((schedule) => schedule.slug === slug)!;
  const patch = (body: object) => home.call('PATCH', path, body);

  it('are listed with the one changed last first, also in the deployment', async () => {
    expect((await schedules()).map(({ slug }) => slug)).toEqual(['two', 'one']);

    home.advance(1);
    await home.call('PATCH', `${path}/schedules/${(await named('one')).id}`, { active: false });

    expect((await schedules()).map(({ slug }) => slug)).toEqual(['one', 'two']);
    expect((await home.call('GET', path)).body.schedules).toEqual(await schedules());
  });

  it('change only in what is sent and not null', async () => {
    const one = await named('one');

    const answer = await home.call('PATCH', `${path}/schedules/${one.id}`, { active: false, slug: null });

    expect(answer.status).toBe(204);
    expect(await named('one')).toEqual({ ...one, active: false, updated: expect.any(String) });
  });

  it('are added as a list, which answers with them', async () => {
    const answer = await home.call('POST', `${path}/schedules`, [
      { schedule: cron(3), slug: 'three' },
      { schedule: { interval: 3600 } },
    ]);

    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject([
      { slug: 'three', active: true },
      { slug: null, schedule: { interval: 3600, anchor_date: '2026-11-24T05:00:01.000000Z', timezone: 'UTC' } },
    ]);
    expect(await schedules()).toHaveLength(4);
  });

  it('keep the offset in which an anchor was given, as Terraform compares the spelling', async () => {
    const anchors = ['2024-01-01T00:00:00Z', '2024-01-01 00:00:00.5-0500', '2024-01-01', '2024-01-01T00:00+00:00'];

    const answer = await home.call(
      'POST',
      `${path}/schedules`,
      anchors.map((anchor_date) => ({ schedule: { interval: 3600, anchor_date } })),
    );

    expect(answer.body.map((one: { schedule: { anchor_date: string } }) => one.schedule.anchor_date)).toEqual([
      '2024-01-01T00:00:00Z',
      '2024-01-01T00:00:00.500000-05:00',
      '2024-01-01T00:00:00Z',
      '2024-01-01T00:00:00Z',
    ]);
  });

  it('keep slugs of their own', async () => {
    const answer = await home.call('POST', `${path}/schedules`, [{ schedule: cron(3), slug: 'one' }]);

    expect([answer.status, answer.body.detail]).toEqual([409, 'Schedule slugs must be unique within a deployment.']);
    expect(await schedules()).toHaveLength(2);
  });

  it('are deleted one by one', async () => {
    const one = await named('one');

    expect((await home.call('DELETE', `${path}/schedules/${one.id}`)).status).toBe(204);
    const again = await home.call('DELETE', `${path}/schedules/${one.id}`);

    expect([again.status, again.body]).toEqual([404, { detail: 'Schedule not found.' }]);
    expect((await home.call('PATCH', `${path}/schedules/${UNKNOWN}`, {})).body).toEqual({
      detail: 'Schedule not found.',
    });
    expect((await schedules()).map(({ slug }) => slug)).toEqual(['two']);
  });

  it('with slugs are changed by slug in a PATCH of the deployment, new ones added, others kept', async () => {
    const [one, two] = [await named('one'), await named('two')];

    const answer = await patch({
      schedules: [
        { schedule: cron(9), slug: 'one' },
        { schedule: cron(3), slug: 'three' },
      ],
    });

    expect(answer.status).toBe(204);
    expect(await named('one')).toMatchObject({ id: one.id, schedule: cron(9), parameters: { n: 5 } });
    expect(await named('two')).toEqual(two);
    expect(await named('three')).toMatchObject({ schedule: cron(3) });
  });

  it('are renamed by `replaces`, two of them crosswise too', async () => {
    const [one, two] = [await named('one'), await named('two')];

    const answer = await patch({
      schedules: [
        { slug: 'two', replaces: 'one' },
        { slug: 'one', replaces: 'two' },
      ],
    });

    expect(answer.status).toBe(204);
    expect([(await named('two')).id, (await named('one')).id]).toEqual([one.id, two.id]);
  });

  it.each([
    [
      [{ schedule: cron(9) }],
      'Please provide a slug for each schedule in your request to ensure schedules are updated correctly.',
    ],
    [[{ slug: 'new', active: false }], 'Unable to create new deployment schedules without a schedule configuration.'],
    [
      [{ slug: 'two', replaces: 'one' }],
      "Cannot rename schedule from 'one' to 'two': a schedule with slug 'two' already exists.",
    ],
    [
      [
        { slug: 'a', replaces: 'one' },
        { slug: 'b', replaces: 'one' },
      ],
      "Multiple schedules have 'replaces' targeting the same slug: one",
    ],
  ])('are not lost or confused by %j', async (given, detail) => {
    const before = await schedules();

    const answer = await patch({ schedules: given });

    expect([answer.status, answer.body]).toEqual([422, { detail }]);
    expect(await schedules()).toEqual(before);
  });

  it('without slugs are replaced as a whole', async () => {
    await home.call('POST', `${path}/schedules`, [{ schedule: cron(3) }]);

    await patch({ schedules: [{ schedule: cron(9) }] });

    expect((await schedules()).map(({ schedule }) => schedule)).toEqual([cron(9)]);
  });

  it('given as an empty list stay when all have slugs', async () => {
    await patch({ schedules: [] });

    expect(await schedules()).toHaveLength(2);
  });

  it('by recurrence get an explicit start, a recent one when they are frequent', async () => {
    const rules = [
      'FREQ=DAILY',
      'FREQ=MINUTELY;INTERVAL=7',
      'FREQ=MINUTELY;COUNT=3',
      'DTSTART:20240101T000000\nRRULE:FREQ=DAILY',
    ];

    const answer = await home.call(
      'POST',
      `${path}/schedules`,
      rules.map((rrule) => ({ schedule: { rrule } })),
    );

    expect(answer.body.map((made: { schedule: { rrule: string } }) => made.schedule.rrule)).toEqual([
      'DTSTART:20200101T000000\nFREQ=DAILY',
      'DTSTART:20261124T045900\nFREQ=MINUTELY;INTERVAL=7',
      'DTSTART:20200101T000000\nFREQ=MINUTELY;COUNT=3',
      'DTSTART:20240101T000000\nRRULE:FREQ=DAILY',
    ]);
  });
});
