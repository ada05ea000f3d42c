import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReceivedEvent } from '../../../shared/domain/events/event.ts';
import { type TestApp, testApp } from '../../test-app.ts';

describe('events', () => {
  let home: TestApp;
  beforeAll(async () => {
    home = await testApp({ now: new Date('2026-11-24T06:00:00Z') });
  });
  afterAll(() => home.close());

  const event = (name: string, more: object = {}) => ({
    id: crypto.randomUUID(),
    occurred: '2026-11-24T05:00:00Z',
    event: name,
    resource: { 'prefect.resource.id': 'thing.1' },
    ...more,
  });
  const filter = (criteria: object, limit?: number) =>
    home.call('POST', '/events/filter', { filter: criteria, ...(limit !== undefined && { limit }) });

  it('are recorded as a list, answered with nothing, and read back with the time of receipt', async () => {
    const sent = event('kept', { payload: { a: [1, null] }, follows: null });

    const answer = await home.call('POST', '/events', [sent]);

    const found = await filter({ event: { name: ['kept'] } });
    expect([answer.status, answer.body]).toEqual([204, null]);
    expect(found.body).toEqual({
      events: [
        {
          ...sent,
          occurred: '2026-11-24T05:00:00.000000Z',
          related: [],
          received: '2026-11-24T06:00:00.000000Z',
        },
      ],
      total: 1,
      next_page: null,
    });
  });

  it('are refused with every problem at once', async () => {
    const answer = await home.call('POST', '/events', [
      { event: 'x', resource: {}, related: [{ 'prefect.resource.id': 'a' }] },
    ]);

    expect(answer.status).toBe(422);
    const problems = answer.body.exception_detail.map(({ loc, msg }: { loc: unknown; msg: string }) => [loc, msg]);
    expect(problems).toEqual(
      expect.arrayContaining([
        [['body', 0, 'occurred'], 'Field required'],
        [['body', 0, 'resource'], 'Value error, Resources must include the prefect.resource.id label'],
        [['body', 0, 'related', 0], 'Value error, Related Resources must include the prefect.resource.role label'],
        [['body', 0, 'id'], 'Field required'],
      ]),
    );
  });

  it('are paged newest first, each page with the address of the next', async () => {
    const times = ['01', '02', '03', '04', '05'].map((hour) => `2026-11-24T${hour}:30:00Z`);
    await home.call(
      'POST',
      '/events',
      times.map((occurred) => event('paged', { occurred })),
    );

    const pages: { events: ReceivedEvent[]; total: number; next_page: string | null }[] = [];
    pages.push((await filter({ event: { name: ['paged'] } }, 2)).body);
    for (let next = pages[0]!.next_page; next; next = pages.at(-1)!.next_page) {
      expect(next).toMatch(/^http:\/\/127\.0\.0\.1:4200\/api\/events\/filter\/next\?page-token=/);
      pages.push((await home.call('GET', next.slice('http://127.0.0.1:4200/api'.length))).body);
    }

    expect(pages.map(({ events }) => events.map(({ occurred }) => occurred.slice(11, 13)))).toEqual([
      ['05', '04'],
      ['03', '02'],
      ['01'],
    ]);
    expect(pages.map(({ total }) => total)).toEqual([5, 5, 5]);
  });

  it('come oldest first when asked, within the times asked for', async () => {
    await home.call('POST', '/events', [
      event('timed', { occurred: '2026-11-24T03:00:00Z' }),
      event('timed', { occurred: '2026-11-24T02:59:59.999999Z' }),
      event('timed', { occurred: '2026-11-24T04:00:00.000001Z' }),
    ]);

    const found = await filter({
      event: { name: ['timed'] },
      occurred: { since: '2026-11-24T02:59:59.999999+00:00', until: '2026-11-24T04:00:00Z' },
      order: 'ASC',
    });

    expect(found.body.events.map(({ occurred }: ReceivedEvent) => occurred)).toEqual([
      '2026-11-24T02:59:59.999999Z',
      '2026-11-24T03:00:00.000000Z',
    ]);
  });

  it('ask only hours that have events, however long the span', async () => {
    await filter({ event: { name: ['kept'] } });
    home.consumed.length = 0;

    await filter({ event: { name: ['kept'] }, occurred: { since: '2026-05-01T00:00:00Z' } });

    const hours = 6;
    const shards = 4;
    expect(home.consumed.length).toBeLessThanOrEqual(1 + hours * shards);
  });

  it('refuse unknown filter keys, a page over 50 and a token that is none of ours', async () => {
    const key = await filter({ zz: 1 });
    const inner = await filter({ event: { names: [] } });
    const limit = await filter({}, 51);
    const token = await home.call('GET', '/events/filter/next?page-token=abc');
    const none = await home.call('GET', '/events/filter/next');

    expect([key.status, key.body.exception_detail[0].loc]).toEqual([422, ['body', 'filter', 'zz']]);
    expect([inner.status, inner.body.exception_detail[0].loc]).toEqual([422, ['body', 'filter', 'event', 'names']]);
    expect([limit.status, limit.body.exception_detail[0].type]).toEqual([422, 'less_than_equal']);
    expect([token.status, token.body]).toEqual([403, { detail: 'Forbidden' }]);
    expect([none.status, none.body.exception_detail[0].loc]).toEqual([422, ['query', 'page-token']]);
  });

  it('become task runs when a client orchestrates them', async () => {
    const task = crypto.randomUUID();
    const sent = event('prefect.task-run.Running', {
      resource: { 'prefect.resource.id': `prefect.task-run.${task}`, 'prefect.orchestration': 'client' },
      payload: {
        validated_state: { type: 'RUNNING', name: 'Running', message: 'm'.repeat(100_000), state_details: {} },
        task_run: { task_key: 't', dynamic_key: task, name: 'big', run_count: 1 },
      },
    });

    const answer = await home.call('POST', '/events', [sent, sent]);

    const read = await home.call('GET', `/task_runs/${task}`);
    expect(answer.status).toBe(204);
    expect(read.body).toMatchObject({ state_name: 'Running', run_count: 1 });
    expect(read.body.state.message).toHaveLength(100_000);
  });

  it('are gone from lists and counts seven days after they came', async () => {
    await home.call('POST', '/events', [event('passing')]);
    const since = { occurred: { since: '2026-11-01T00:00:00Z' }, event: { name: ['passing'] } };
    const seen = async () => {
      const counts = await home.call('POST', '/events/count-by/event', { filter: since });
      return [(await filter(since)).body.events.length, counts.body.length];
    };
    home.advance(7 * 24 * 3600 - 60);
    expect(await seen()).toEqual([1, 1]);

    home.advance(120);

    expect(await seen()).toEqual([0, 0]);
  });
});
