import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from '../../test-app.ts';

describe('concurrency limits', () => {
  let home: TestApp;
  beforeAll(async () => {
    home = await testApp();
  });
  afterAll(() => home.close());

  const V2 = '/v2/concurrency_limits';
  const make = (name: string, limit: number, more = {}) => home.call('POST', `${V2}/`, { name, limit, ...more });
  const take = (names: string[], slots = 1, more = {}) =>
    home.call('POST', `${V2}/increment`, { names, slots, ...more });
  const give = (names: string[], slots = 1) => home.call('POST', `${V2}/decrement`, { names, slots });
  const lease = (names: string[], slots = 1, more = {}) =>
    home.call('POST', `${V2}/increment-with-lease`, { names, slots, ...more });
  const renew = (id: string, seconds: number) =>
    home.call('POST', `${V2}/leases/${id}/renew`, { lease_duration: seconds });
  const giveLease = (id: string) => home.call('POST', `${V2}/decrement-with-lease`, { lease_id: id });
  const active = async (name: string) => (await home.call('GET', `${V2}/${name}`)).body.active_slots;

  it('are made with nobody in them and read by id and by name', async () => {
    const made = await make('database', 2);
    const byName = await home.call('GET', `${V2}/database`);

    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      id: expect.any(String),
      created: expect.any(String),
      updated: expect.any(String),
      active: true,
      name: 'database',
      limit: 2,
      active_slots: 0,
      denied_slots: 0,
      slot_decay_per_second: 0,
      avg_slot_occupancy_seconds: 2,
    });
    const { denied_slots: _, avg_slot_occupancy_seconds: __, ...shown } = made.body;
    expect(byName.body).toEqual(shown);
    expect((await home.call('GET', `${V2}/${made.body.id}`)).body).toEqual(shown);
  });

  it('refuse a second one of the same name, names with a slash and negative numbers', async () => {
    await make('once', 1);

    expect((await make('once', 1)).status).toBe(409);
    expect((await make('a/b', 1)).body.exception_detail[0]).toMatchObject({ loc: ['body', 'name'] });
    expect((await make('n', -1)).body.exception_detail[0]).toMatchObject({ loc: ['body', 'limit'] });
  });

  it('change in the keys that are sent, keep their name unique, and are gone when deleted', async () => {
    await make('changing', 1);

    const patched = await home.call('PATCH', `${V2}/changing`, { limit: 5, active_slots: 1, name: 'changed' });
    const taken = await home.call('PATCH', `${V2}/changed`, { name: 'once' });

    expect([patched.status, taken.status]).toEqual([204, 409]);
    expect((await home.call('GET', `${V2}/changed`)).body).toMatchObject({ limit: 5, active_slots: 1 });
    expect((await home.call('DELETE', `${V2}/changed`)).status).toBe(204);
    for (const method of ['GET', 'DELETE', 'PATCH']) {
      const answer = await home.call(method, `${V2}/changed`, method === 'PATCH' ? { limit: 1 } : undefined);
      expect([answer.status, answer.body]).toEqual([404, { detail: 'Concurrency Limit not found' }]);
    }
  });

  it('are listed by name, a page at a time', async () => {
    await make('list-b', 1);
    await make('list-a', 1);

    const { body } = await home.call('POST', `${V2}/filter`);
    const names = body.map((limit: { name: string }) => limit.name);

    expect(names).toEqual(names.toSorted());
    expect(names).toContain('list-a');
    expect((await home.call('POST', `${V2}/filter`, { limit: 1, offset: 1 })).body).toEqual([body[1]]);
  });

  it('give as many slots as they have and answer 423 with a time to come again after that', async () => {
    const { body: limit } = await make('two', 2);

    const first = await take(['two'], 2);
    const second = await take(['two']);

    expect([first.status, first.body]).toEqual([200, [{ id: limit.id, name: 'two', limit: 2 }]]);
    expect([second.status, second.body]).toEqual([423, { detail: 'Locked' }]);
    expect(Number(second.headers['retry-after'])).toBeGreaterThan(0);
    expect(await active('two')).toBe(2);
  });

  it('name a longer time the more were refused, half a minute at most, and a short one again later', async () => {
    await make('crowded', 1);
    await take(['crowded']);
    const refused = async () => Number((await take(['crowded'])).headers['retry-after']);

    const first = await refused();
    for (let more = 0; more < 40; more++) await refused();
    const crowded = await refused();
    home.advance(600);
    const later = await refused();

    // A slot is held for 2 s on average until one has come back; what is told is spread from 0.75 to 1.3 times the mean.
    expect(first).toBeLessThanOrEqual(3);
    expect(crowded).toBeGreaterThan(10);
    expect(crowded).toBeLessThanOrEqual(39);
    expect(later).toBeLessThanOrEqual(3);
  });

  it('take back what was taken, never below none', async () => {
    await make('back', 2);
    await take(['back'], 2);

    const answer = await give(['back', 'unknown']);
    expect([answer.status, answer.body[0].name, await active('back')]).toEqual([200, 'back', 1]);
    await give(['back'], 2);

    expect(await active('back')).toBe(0);
  });

  it('are taken together or not at all', async () => {
    await make('many-a', 2);
    await make('many-b', 1);
    await take(['many-b']);

    const answer = await take(['many-a', 'many-b']);

    expect([answer.status, await active('many-a')]).toEqual([423, 0]);
  });

  it('limit nothing when they do not exist or are not active', async () => {
    const { body: limit } = await make('resting', 1, { active: false });

    expect((await take(['no-such-limit'])).body).toEqual([]);
    expect((await lease(['no-such-limit'])).body).toMatchObject({ lease_id: expect.any(String), limits: [] });
    for (let call = 0; call < 3; call++) {
      expect((await take(['resting'])).body).toEqual([{ id: limit.id, name: 'resting', limit: 1 }]);
    }
  });

  it('refuse more slots than they have, and no slots at all', async () => {
    await make('small', 1);

    expect((await take(['small'], 2)).body).toEqual({ detail: 'Slots requested is greater than the limit' });
    expect((await take(['small'], 0)).body.exception_detail[0]).toMatchObject({ loc: ['body', 'slots'] });
  });

  describe('with slots that come back by themselves', () => {
    it('limit a rate', async () => {
      await make('rate', 2, { slot_decay_per_second: 0.5 });

      expect((await take(['rate'], 2, { mode: 'rate_limit' })).status).toBe(200);
      home.advance(1);
      expect((await take(['rate'], 1, { mode: 'rate_limit' })).status).toBe(423);
      home.advance(1);
      expect((await take(['rate'], 1, { mode: 'rate_limit' })).status).toBe(200);
      home.advance(10);
      expect(await active('rate')).toBe(0);
    });

    it('are the only ones for a rate', async () => {
      await make('steady', 1);

      const answer = await take(['steady'], 1, { mode: 'rate_limit' });

      expect([answer.status, answer.body.detail]).toEqual([
        422,
        "Only concurrency limits with slot decay can be used for rate limiting. The following limits do not have a decay configured: 'steady'",
      ]);
    });
  });

  describe('with leases', () => {
    it('hold slots until the lease is given back, once', async () => {
      await make('leased', 2);

      const { body } = await lease(['leased'], 2);
      expect((await lease(['leased'])).status).toBe(423);
      await take(['leased']);
      const back = [await giveLease(body.lease_id), await giveLease(body.lease_id)];

      expect(back.map(({ status }) => status)).toEqual([204, 204]);
      expect(await active('leased')).toBe(0);
    });

    it('free the slots of a lease that nobody renews', async () => {
      await make('expiring', 1);

      await lease(['expiring'], 1, { lease_duration: 60 });
      home.advance(59);
      expect((await lease(['expiring'])).status).toBe(423);
      home.advance(2);

      expect(await active('expiring')).toBe(0);
      expect((await lease(['expiring'])).status).toBe(200);
    });

    it('keep the slots of a lease that is renewed', async () => {
      await make('renewed', 1);
      const { body } = await lease(['renewed'], 1, { lease_duration: 60 });

      home.advance(50);
      expect((await renew(body.lease_id, 60)).status).toBe(204);
      home.advance(50);

      expect((await lease(['renewed'])).status).toBe(423);
    });

    it('answer 410 to the renewal of a lease whose slots went to somebody else, and of an unknown one', async () => {
      await make('lost', 1);
      const { body } = await lease(['lost'], 1, { lease_duration: 60 });
      home.advance(61);
      const next = await lease(['lost']);

      const late = await renew(body.lease_id, 60);

      expect([late.status, late.body]).toEqual([
        410,
        { detail: 'Lease not found - it may have expired or been revoked' },
      ]);
      expect((await renew(crypto.randomUUID(), 60)).status).toBe(410);
      expect((await renew(next.body.lease_id, 60)).status).toBe(204);
      expect(await active('lost')).toBe(1);
    });

    it('refuse durations outside a minute to a day and holders of another kind', async () => {
      const answer = await lease(['x'], 1, { lease_duration: 3, holder: { type: 'x', id: crypto.randomUUID() } });

      expect(answer.body.exception_detail.map(({ loc }: { loc: string[] }) => loc)).toEqual([
        ['body', 'lease_duration'],
        ['body', 'holder', 'type'],
      ]);
    });
  });

  it('keep their holders when they are lowered and give nothing more until enough came back', async () => {
    await make('lowered', 3);
    await take(['lowered'], 3);

    await home.call('PATCH', `${V2}/lowered`, { limit: 2 });
    await give(['lowered']);
    expect((await take(['lowered'])).status).toBe(423);
    await give(['lowered']);

    expect((await take(['lowered'])).status).toBe(200);
  });

  it('are emptied by an operator who sets their active slots to 0', async () => {
    await make('stuck', 2);
    await take(['stuck']);
    const { body } = await lease(['stuck']);

    await home.call('PATCH', `${V2}/stuck`, { active_slots: 0 });

    expect((await lease(['stuck'], 2)).status).toBe(200);
    expect((await renew(body.lease_id, 60)).status).toBe(410);
  });
});
