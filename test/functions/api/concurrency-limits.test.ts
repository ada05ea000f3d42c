import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from '../../test-app.ts';

describe('concurrency limits of tags', () => {
  let home: TestApp;
  beforeAll(async () => {
    home = await testApp();
  });
  afterAll(() => home.close());

  const V1 = '/concurrency_limits';
  const make = (tag: string, limit: number) => home.call('POST', `${V1}/`, { tag, concurrency_limit: limit });
  const take = (names: string[], taskRun: string) =>
    home.call('POST', `${V1}/increment`, { names, task_run_id: taskRun });
  const give = (names: string[], taskRun: string) =>
    home.call('POST', `${V1}/decrement`, { names, task_run_id: taskRun });
  const read = async (tag: string) => (await home.call('GET', `${V1}/tag/${tag}`)).body;
  const taskRun = () => crypto.randomUUID();

  it('are made once for a tag and changed after that', async () => {
    const made = await make('t', 1);
    const again = await make('t', 2);

    expect([made.status, again.status]).toEqual([201, 200]);
    expect(again.body).toEqual({
      id: made.body.id,
      created: made.body.created,
      updated: expect.any(String),
      tag: 't',
      concurrency_limit: 2,
      active_slots: [],
    });
    expect((await home.call('GET', `${V1}/${made.body.id}`)).body).toEqual(again.body);
  });

  it("are the second API's limits named for the tag", async () => {
    const { body } = await make('shared', 3);
    await home.call('POST', '/v2/concurrency_limits/', { name: 'of-no-tag', limit: 1 });

    expect((await home.call('GET', '/v2/concurrency_limits/tag:shared')).body).toMatchObject({ id: body.id, limit: 3 });
    const { body: listed } = await home.call('POST', `${V1}/filter`);
    expect(listed.map((limit: { tag: string }) => limit.tag)).toEqual(['shared', 't']);
    const other = (await home.call('GET', '/v2/concurrency_limits/of-no-tag')).body;
    expect((await home.call('GET', `${V1}/${other.id}`)).status).toBe(404);
  });

  it('show which task runs hold their slots, whichever API they came by', async () => {
    await make('holders', 2);
    const [one, two] = [taskRun(), taskRun()];

    await take(['holders', 'unlimited'], one);
    await home.call('POST', '/v2/concurrency_limits/increment-with-lease', {
      names: ['tag:holders'],
      slots: 1,
      holder: { type: 'task_run', id: two },
    });

    expect((await read('holders')).active_slots).toEqual([one, two]);
    await give(['holders'], two);
    expect((await read('holders')).active_slots).toEqual([one]);
  });

  it('give a task run one slot however often it asks', async () => {
    await make('twice', 1);
    const run = taskRun();

    const answers = [await take(['twice'], run), await take(['twice'], run)];

    expect(answers.map(({ body }) => body[0].name)).toEqual(['twice', 'twice']);
    expect((await read('twice')).active_slots).toEqual([run]);
  });

  it('answer 423 when they are full, and when they could never give one', async () => {
    await make('full', 1);
    await make('closed', 0);
    await take(['full'], taskRun());

    const full = await take(['full'], taskRun());
    const closed = await take(['closed'], taskRun());

    expect([full.status, full.body.detail, full.headers['retry-after']]).toEqual([
      423,
      'Concurrency limit for the full tag has been reached',
      '10',
    ]);
    expect([closed.status, closed.body.detail, closed.headers['retry-after']]).toEqual([
      423,
      'The concurrency limit on tag "closed" is 0 and will deadlock if the task tries to run again.',
      undefined,
    ]);
  });

  it('are reset to nobody, or to the task runs that are named', async () => {
    await make('reset', 1);
    await take(['reset'], taskRun());
    const named = taskRun();

    const given = await home.call('POST', `${V1}/tag/reset/reset`, { slot_override: [named] });
    expect([given.status, given.body, (await read('reset')).active_slots]).toEqual([200, null, [named]]);
    await home.call('POST', `${V1}/tag/reset/reset`);

    expect((await take(['reset'], taskRun())).status).toBe(200);
  });

  it('are deleted by tag and by id; unknown ones answer 404', async () => {
    await make('going', 1);
    const { body } = await make('going-too', 1);

    expect((await home.call('DELETE', `${V1}/tag/going`)).body).toBe(null);
    expect((await home.call('DELETE', `${V1}/${body.id}`)).status).toBe(200);
    for (const [method, path] of [
      ['GET', '/tag/going'],
      ['DELETE', '/tag/going'],
      ['DELETE', `/${body.id}`],
      ['POST', '/tag/going/reset'],
    ] as const) {
      const answer = await home.call(method, `${V1}${path}`, method === 'POST' ? {} : undefined);
      expect([answer.status, answer.body]).toEqual([404, { detail: 'Concurrency limit not found' }]);
    }
  });
});
