import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from '../../test-app.ts';

describe('counts of events', () => {
  let home: TestApp;
  beforeAll(async () => {
    home = await testApp({ now: new Date('2026-11-24T12:00:00Z') });
    const event = (time: string, name: string, id: string, label?: string) => ({
      ...{ id: crypto.randomUUID(), occurred: `2026-11-24T${time}:00Z`, event: name },
      resource: { 'prefect.resource.id': id, ...(label && { 'prefect.resource.name': label }) },
    });
    await home.call('POST', '/events', [
      event('09:10', 'a', 'r1', 'Old'),
      event('09:20', 'b', 'r1', 'New'),
      event('11:30', 'b', 'r2'),
    ]);
  });
  afterAll(() => home.close());

  const occurred = { since: '2026-11-24T09:00:00Z', until: '2026-11-24T12:00:00Z' };
  const count = async (by: string, body: Record<string, unknown> = {}) =>
    (await home.call('POST', `/events/count-by/${by}`, { filter: { occurred }, ...body })).body;

  it('are by event, most frequent first', async () => {
    expect(await count('event')).toEqual([
      {
        ...{ value: 'b', label: 'b', count: 2 },
        ...{ start_time: '2026-11-24T09:20:00.000000Z', end_time: '2026-11-24T11:30:00.000000Z' },
      },
      expect.objectContaining({ value: 'a', count: 1 }),
    ]);
  });

  it('are by resource, called by its newest name', async () => {
    expect(await count('resource')).toEqual([
      expect.objectContaining({ value: 'r1', label: 'New', count: 2 }),
      expect.objectContaining({ value: 'r2', label: 'r2', count: 1 }),
    ]);
  });

  it('are by spans of time, silent ones too', async () => {
    const counts = await count('time', { time_unit: 'hour' });

    expect(counts.map((span: { value: string; count: number }) => [span.value, span.count])).toEqual([
      ['0', 2],
      ['1', 0],
      ['2', 1],
    ]);
    expect(counts[1]).toMatchObject({
      label: '2026-11-24T10:00:00+00:00',
      start_time: '2026-11-24T10:00:00.000000Z',
      end_time: '2026-11-24T10:59:59.999999Z',
    });
    expect(await count('day')).toEqual([expect.objectContaining({ label: '2026-11-24T00:00:00+00:00', count: 3 })]);
  });

  it('end with the present period when the filter looks ahead', async () => {
    const ahead = { filter: { occurred: { ...occurred, until: '2027-01-01T00:00:00Z' } } };

    const counts = await count('time', { ...ahead, time_unit: 'week' });

    expect(counts).toEqual([
      expect.objectContaining({ label: '2026-11-23T00:00:00+00:00', end_time: '2026-11-29T23:59:59.999999Z' }),
    ]);
  });

  it('refuse more than a thousand spans, a tiny span, and what cannot be counted', async () => {
    const many = await home.call('POST', '/events/count-by/time', {
      ...{ filter: { occurred }, time_unit: 'second', time_interval: 0.5 },
    });
    const unknown = await home.call('POST', '/events/count-by/zz', { filter: {} });
    const tiny = await count('time', { time_interval: 0.001 });

    expect(many.body.detail).toMatch('The given interval would create 21600 buckets');
    expect(unknown.body.exception_detail[0]).toMatchObject({
      loc: ['path', 'countable'],
      msg: "Input should be 'day', 'time', 'event' or 'resource'",
    });
    expect(tiny.exception_detail[0]).toMatchObject({ type: 'greater_than_equal', loc: ['body', 'time_interval'] });
  });
});
