import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from '../../test-app.ts';

describe('flow run inputs', () => {
  let home: TestApp;
  let path: string;
  beforeAll(async () => {
    home = await testApp();
    const flow = await home.call('POST', '/flows/', { name: 'flow' });
    const run = await home.call('POST', '/flow_runs/', { flow_id: flow.body.id });
    path = `/flow_runs/${run.body.id}/input`;
  });
  afterAll(() => home.close());

  it('are read back as the text that was left, once per key', async () => {
    const made = await home.call('POST', path, { key: 'a-1', value: '{"x":1}' });
    const again = await home.call('POST', path, { key: 'a-1', value: '2' });

    const read = await home.call('GET', `${path}/a-1`);

    expect([made.status, again.status]).toEqual([201, 409]);
    expect([read.body, read.headers['content-type']]).toEqual(['{"x":1}', 'text/plain; charset=utf-8']);
  });

  it('are found by prefix, without those already seen', async () => {
    await home.call('POST', path, { key: 'b-1', value: '1' });
    await home.call('POST', path, { key: 'b-2', value: '2' });

    const found = await home.call('POST', `${path}/filter`, { prefix: 'b', limit: 5, exclude_keys: ['b-1'] });

    expect(found.body.map((input: { key: string }) => input.key)).toEqual(['b-2']);
  });

  it('are gone after DELETE, and 404 from then on', async () => {
    await home.call('POST', path, { key: 'c', value: '1' });

    const deleted = await home.call('DELETE', `${path}/c`);
    const read = await home.call('GET', `${path}/c`);

    expect([deleted.status, read.status, read.body]).toEqual([204, 404, { detail: 'Flow run input not found' }]);
  });

  it('hold any text up to 50,000 characters', async () => {
    const text = await home.call('POST', path, { key: 'd', value: '{bad' });
    const long = await home.call('POST', path, { key: 'e', value: 'x'.repeat(50_001) });

    expect([text.status, long.status]).toEqual([201, 422]);
  });
});
