import fc from 'fast-check';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Log } from '../../../shared/domain/log.ts';
import { appendLogs } from '../../../shared/operations/logs.ts';
import { type TestApp, testApp } from '../../test-app.ts';

describe('logs', () => {
  let home: TestApp;
  beforeAll(async () => {
    home = await testApp({ now: new Date('2026-11-24T06:00:00Z') });
  });
  afterAll(() => home.close());

  const line = (message: string, more: object = {}) => ({
    name: 'prefect.flow_runs',
    level: 20,
    message,
    timestamp: '2026-11-24T05:00:00Z',
    ...more,
  });
  const read = async (logs: object, more: object = {}): Promise<Log[]> =>
    (await home.call('POST', '/logs/filter', { logs, ...more })).body;
  const messages = async (logs: object, more: object = {}): Promise<string[]> =>
    (await read(logs, more)).map(({ message }) => message);
  const ofRun = (id: string) => ({ flow_run_id: { any_: [id] } });
  /** A line each of so many runs, a minute apart, the first before six. */
  const writeOfRuns = async (from: number, to: number) => {
    for (let minute = from; minute < to; minute++) {
      const timestamp = new Date(Date.parse('2026-11-24T05:59:00Z') - minute * 60_000).toISOString();
      await home.call('POST', '/logs/', [line('x', { flow_run_id: crypto.randomUUID(), timestamp })]);
    }
  };
  const unitsOf = () => home.consumed.reduce((sum, { units }) => sum + units, 0);

  it('are written as a list and answered with null', async () => {
    const run = crypto.randomUUID();

    const answer = await home.call('POST', '/logs/', [line('hello', { flow_run_id: run, worker_id: 'w' })]);

    expect([answer.status, answer.body]).toEqual([201, null]);
    expect(await read(ofRun(run))).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
        created: '2026-11-24T06:00:00.000000Z',
        updated: '2026-11-24T06:00:00.000000Z',
        name: 'prefect.flow_runs',
        level: 20,
        message: 'hello',
        timestamp: '2026-11-24T05:00:00.000000Z',
        flow_run_id: run,
        task_run_id: null,
      },
    ]);
  });

  it('say which line lacks what', async () => {
    const answer = await home.call('POST', '/logs/', [line('fine'), { name: 'a' }]);

    expect(answer.status).toBe(422);
    expect(answer.body.exception_detail.map(({ loc, type }: { loc: unknown; type: string }) => [loc, type])).toEqual([
      [['body', 1, 'level'], 'missing'],
      [['body', 1, 'message'], 'missing'],
      [['body', 1, 'timestamp'], 'missing'],
    ]);
  });

  it('keep the order of writing for equal times, over pages of any size and both directions', async () => {
    const run = crypto.randomUUID();
    const texts = Array.from({ length: 450 }, (_, number) => `line ${number}`);
    await home.call(
      'POST',
      '/logs/',
      texts.map((text) => line(text, { flow_run_id: run })),
    );

    const pages = [];
    for (const offset of [0, 200, 400]) pages.push(...(await messages(ofRun(run), { limit: 200, offset })));
    const backwards = await messages(ofRun(run), { sort: 'TIMESTAMP_DESC', limit: 3 });

    expect(pages).toEqual(texts);
    expect(backwards).toEqual(['line 449', 'line 448', 'line 447']);
  });

  it('come in order of time when several processes write batches that overlap', async () => {
    const run = crypto.randomUUID();
    const at = (second: number) => ({ flow_run_id: run, timestamp: `2026-11-24T05:00:0${second}Z` });

    await home.call('POST', '/logs/', [line('c', at(3)), line('a', at(1))]);
    await home.call('POST', '/logs/', [line('b', at(2)), line('d', at(4))]);

    expect(await messages(ofRun(run))).toEqual(['a', 'b', 'c', 'd']);
    expect(await messages(ofRun(run), { sort: 'TIMESTAMP_DESC' })).toEqual(['d', 'c', 'b', 'a']);
  });

  it('are filtered by level, time, task run and text', async () => {
    const [run, task] = [crypto.randomUUID(), crypto.randomUUID()];
    await home.call('POST', '/logs/', [
      line('debug info', { flow_run_id: run, level: 10 }),
      line('Connection timeout', { flow_run_id: run, level: 40, timestamp: '2026-11-24T05:00:01+00:00' }),
      line('of a task', { flow_run_id: run, level: 30, task_run_id: task, timestamp: '2026-11-24T05:00:02Z' }),
    ]);
    const only = (more: object) => messages({ ...ofRun(run), ...more });

    expect(await only({ level: { ge_: 30 } })).toEqual(['Connection timeout', 'of a task']);
    expect(await only({ level: { ge_: null, le_: 10 } })).toEqual(['debug info']);
    expect(await only({ timestamp: { after_: '2026-11-24T05:00:01Z', before_: '2026-11-24T05:00:01Z' } })).toEqual([
      'Connection timeout',
    ]);
    expect(await only({ task_run_id: { is_null_: true } })).toEqual(['debug info', 'Connection timeout']);
    expect(await messages({ task_run_id: { any_: [task] } })).toEqual(['of a task']);
    expect(await only({ task_run_id: { any_: [task] } })).toEqual(['of a task']);
    expect(await only({ text: { query: '"connection TIMEOUT"' } })).toEqual(['Connection timeout']);
    expect(await only({ text: { query: 'task -timeout' } })).toEqual(['of a task']);
  });

  it('of a task run are found without naming its flow run', async () => {
    const flow = await home.call('POST', '/flows/', { name: 'logs' });
    const run = (await home.call('POST', '/flow_runs/', { flow_id: flow.body.id })).body.id;
    const task = await home.call('POST', '/task_runs/', { flow_run_id: run, task_key: 't', dynamic_key: '0' });
    await home.call('POST', '/logs/', [line('mine', { flow_run_id: run, task_run_id: task.body.id })]);

    expect(await messages({ task_run_id: { any_: [task.body.id] } })).toEqual(['mine']);
  });

  it('of a task run that is not known yet are found from the time in its id, among a bounded number of lines', async () => {
    const own = async (ids: readonly string[]) => {
      home.consumed.length = 0;
      const found = await messages({ task_run_id: { any_: ids } });
      return { found, units: unitsOf() };
    };
    const task = v7({ msecs: home.app.clock.now().getTime() });
    const timestamp = '2026-11-24T06:00:01Z';
    await home.call('POST', '/logs/', [
      line('new', { flow_run_id: crypto.randomUUID(), task_run_id: task, timestamp }),
    ]);
    await writeOfRuns(0, 10);
    const few = await own([task]);
    await writeOfRuns(10, 60);

    expect(few.found).toEqual(['new']);
    expect(await own([task])).toEqual(few);
  });

  it('without a flow run are found by their day', async () => {
    await home.call('POST', '/logs/', [
      line('worker today'),
      line('worker before', { timestamp: '2026-11-20T05:00:00Z' }),
    ]);

    const ofWorkers = async (logs: object) => (await messages(logs)).filter((text) => text.startsWith('worker'));
    expect(await ofWorkers({})).toEqual(['worker before', 'worker today']);
    expect(await ofWorkers({ timestamp: { after_: '2026-11-24T00:00:00Z' } })).toEqual(['worker today']);
  });

  it('of every flow run, and of none, come in order of time when no run is named', async () => {
    const at = (second: number) => `2026-11-23T05:00:${String(second).padStart(2, '0')}Z`;
    const run = () => ({ flow_run_id: crypto.randomUUID() });
    for (let second = 0; second < 30; second += 3) {
      await home.call('POST', '/logs/', [
        line(`some ${second}`, { ...run(), timestamp: at(second), level: 50 }),
        line(`others ${second + 1}`, { ...run(), timestamp: at(second + 1) }),
        line(`nobody ${second + 2}`, { timestamp: at(second + 2) }),
      ]);
    }
    const within = { timestamp: { after_: at(0), before_: at(59) } };
    const seconds = async (logs: object, more: object = {}) =>
      (await messages(logs, more)).map((text) => Number(text.split(' ')[1]));
    const all = Array.from({ length: 30 }, (_, second) => second);
    const thirds = all.filter((second) => second % 3 === 0);

    expect(await seconds(within)).toEqual(all);
    expect(await seconds(within, { sort: 'TIMESTAMP_DESC' })).toEqual(all.toReversed());
    expect(await seconds(within, { limit: 5, offset: 10 })).toEqual([10, 11, 12, 13, 14]);
    expect(await seconds({ level: { ge_: 50 } })).toEqual(thirds);
    expect(await seconds({ ...ofRun(crypto.randomUUID()), level: { ge_: 50 }, operator: 'or_' })).toEqual(thirds);
  });

  it('of every flow run cost what is shown, however many runs there are', async () => {
    const newest = async () => {
      home.consumed.length = 0;
      await messages({}, { sort: 'TIMESTAMP_DESC', limit: 3 });
      return unitsOf();
    };

    await writeOfRuns(0, 160); // more than a page of each shard
    const few = await newest();
    await writeOfRuns(160, 320);

    expect(await newest()).toBeLessThanOrEqual(few * 1.2);
  });

  it('read one flow run’s items alone', async () => {
    const run = crypto.randomUUID();
    await home.call('POST', '/logs/', [line('x', { flow_run_id: run })]);
    home.consumed.length = 0;

    await messages(ofRun(run));

    expect(home.consumed.map(({ operation }) => operation)).toEqual(['query']);
  });

  it('come in order and whole, from and until any time, however batches overlap and whatever the page', async () => {
    const second = fc.integer({ min: 0, max: 300 });
    const at = (time: number) => new Date(Date.parse('2026-11-24T02:00:00Z') + time * 1000).toISOString();
    const batches = fc.array(fc.array(second, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(batches, second, second, async (posted, from, until) => {
        const run = crypto.randomUUID();
        // Lines that are told apart: the same batch again would be the same lines.
        const lines = posted.map((times, batch) =>
          times.map((time, number) => ({ time, text: `${time} ${batch} ${number}` })),
        );
        for (const batch of lines) {
          const body = batch.map(({ time, text }) => line(text, { flow_run_id: run, timestamp: at(time) }));
          await home.call('POST', '/logs/', body);
        }
        const within = { ...ofRun(run), timestamp: { after_: at(from), before_: at(until) } };
        const expected = lines.flat().filter(({ time }) => time >= from && time <= until);
        const oldest = await messages(within);
        const newest = await messages(within, { sort: 'TIMESTAMP_DESC' });

        expect(oldest.toSorted()).toEqual(expected.map(({ text }) => text).sort());
        expect(oldest.map((text) => Number.parseFloat(text))).toEqual(
          expected.map(({ time }) => time).sort((a, b) => a - b),
        );
        expect(newest).toEqual(oldest.toReversed());
        expect(await messages(within, { sort: 'TIMESTAMP_DESC', limit: 3, offset: 2 })).toEqual(newest.slice(2, 5));
      }),
      { numRuns: 20 },
    );
  });

  it('of a long run cost what is asked for: those since a time, and the newest', async () => {
    const run = crypto.randomUUID();
    const second = (number: number) => new Date(Date.parse('2026-11-24T00:00:00Z') + number * 1000).toISOString();
    for (let start = 0; start < 3_600; start += 60) {
      const lines = Array.from({ length: 60 }, (_, number) => start + number);
      await home.call(
        'POST',
        '/logs/',
        lines.map((number) => line(`line ${number}`, { flow_run_id: run, timestamp: second(number) })),
      );
    }
    const units = async (ask: Promise<string[]>) => {
      home.consumed.length = 0;
      const found = await ask;
      return { found, units: unitsOf() };
    };

    const all = await units(messages(ofRun(run), { limit: 200, offset: 3_400 }));
    const since = await units(messages({ ...ofRun(run), timestamp: { after_: second(3_595) } }));
    const newest = await units(messages(ofRun(run), { sort: 'TIMESTAMP_DESC', limit: 3 }));

    expect(since.found).toEqual([3_595, 3_596, 3_597, 3_598, 3_599].map((number) => `line ${number}`));
    expect(newest.found).toEqual([3_599, 3_598, 3_597].map((number) => `line ${number}`));
    expect(since.units).toBeLessThan(all.units / 10);
    expect(newest.units).toBeLessThan(all.units / 2);
  });

  it('take a body of several megabytes and a line of a megabyte', async () => {
    const run = crypto.randomUUID();
    const long = Array.from({ length: 40_000 }, (_, number) => number.toString(36))
      .join(' ')
      .repeat(6)
      .slice(0, 1e6);
    const texts = [long, ...Array.from({ length: 3000 }, (_, number) => `${number} ${'z'.repeat(900)}`)];

    const answer = await home.call(
      'POST',
      '/logs/',
      texts.map((text) => line(text, { flow_run_id: run })),
    );

    expect(answer.status).toBe(201);
    const [first] = await read(ofRun(run), { limit: 1 });
    expect(first?.message === long).toBe(true);
    expect(await messages(ofRun(run), { limit: 1, offset: 3000 })).toEqual([texts[3000]]);
  });

  it('sent again after a time-out are there once', async () => {
    const run = crypto.randomUUID();
    const body = [line('a', { flow_run_id: run }), line('b', { flow_run_id: run })];

    await home.call('POST', '/logs/', body);
    home.advance(5);
    await home.call('POST', '/logs/', body);

    expect(await messages(ofRun(run))).toEqual(['a', 'b']);
  });

  it('are gone after the retention', async () => {
    const run = crypto.randomUUID();
    await appendLogs(home.app, [line('old', { flow_run_id: run })]);

    home.advance(8 * 24 * 3600);

    expect(await messages(ofRun(run))).toEqual([]);
  });

  it('refuse an unknown filter key, sort and a limit over 200', async () => {
    const key = await home.call('POST', '/logs/filter', { logs: { zz: 1 } });
    const sort = await home.call('POST', '/logs/filter', { sort: 'LEVEL' });
    const limit = await home.call('POST', '/logs/filter', { limit: 201 });

    expect([key.status, key.body.exception_detail[0].loc]).toEqual([422, ['body', 'logs', 'zz']]);
    expect([sort.status, sort.body.exception_detail[0].msg]).toEqual([
      422,
      "Input should be 'TIMESTAMP_ASC' or 'TIMESTAMP_DESC'",
    ]);
    expect([limit.status, limit.body]).toEqual([422, { detail: 'Invalid limit: must be less than or equal to 200.' }]);
  });

  it('of a flow run are downloaded as a CSV file', async () => {
    const flow = await home.call('POST', '/flows/', { name: 'f' });
    const run = (await home.call('POST', '/flow_runs/', { flow_id: flow.body.id, name: "it's ü" })).body.id;
    await home.call('POST', '/logs/', [
      line('he said "hi", ok\nnew', { flow_run_id: run, timestamp: '2026-11-24T05:00:00.5Z' }),
      line('plain', { flow_run_id: run, timestamp: '2026-11-24T05:00:01Z' }),
    ]);

    const answer = await home.call('GET', `/flow_runs/${run}/logs/download`);

    expect(answer.body).toBe(
      'timestamp,level,flow_run_id,task_run_id,message\r\n' +
        `2026-11-24 05:00:00.500000+00:00,20,${run},,"he said ""hi"", ok\nnew"\r\n` +
        `2026-11-24 05:00:01+00:00,20,${run},,plain\r\n`,
    );
    expect(answer.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="flow-run-logs.csv"; filename*=UTF-8''it%27s%20%C3%BC-logs.csv`,
    });
    expect((await home.call('GET', `/flow_runs/${crypto.randomUUID()}/logs/download`)).status).toBe(404);
  });
});
