import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from '../../test-app.ts';

describe('flows', () => {
  let home: TestApp;
  beforeAll(async () => {
    home = await testApp();
  });
  afterAll(() => home.close());

  it('are registered by name once: 201, then 200 with the same flow', async () => {
    const first = await home.call('POST', '/flows/', { name: 'twice', tags: ['a'] });
    const second = await home.call('POST', '/flows', { name: 'twice', tags: ['b'] });

    expect(first.status).toBe(201);
    expect(second.status).toBe(200);
    expect(second.body).toEqual(first.body);
  });

  it('refuse a name with a slash and say which field is wrong', async () => {
    const answer = await home.call('POST', '/flows/', { name: 'a/b' });

    expect(answer.status).toBe(422);
    expect(answer.body).toEqual({
      exception_message: 'Invalid request received.',
      exception_detail: [
        {
          type: 'string_pattern_mismatch',
          loc: ['body', 'name'],
          msg: "String should match pattern '^[^/%&><]+$'",
          input: 'a/b',
          ctx: { pattern: '^[^/%&><]+$' },
        },
      ],
      request_body: { name: 'a/b' },
    });
  });

  it('are read by id and by name with blanks in it', async () => {
    const made = await home.call('POST', '/flows/', { name: 'my flow' });

    const byId = await home.call('GET', `/flows/${made.body.id}`);
    const byName = await home.call('GET', '/flows/name/my%20flow');

    expect(byId.body).toEqual(made.body);
    expect(byName.body).toEqual(made.body);
  });

  it('answer 404 for an unknown id, and for what is no id at all', async () => {
    const unknown = await home.call('GET', '/flows/00000000-0000-0000-0000-000000000000');
    const nonsense = await home.call('GET', '/flows/xx');

    expect([unknown.status, unknown.body]).toEqual([404, { detail: 'Flow not found' }]);
    expect([nonsense.status, nonsense.body]).toEqual([404, { detail: 'Not Found' }]);
  });

  it('can be deleted, and their name is free again', async () => {
    const made = await home.call('POST', '/flows/', { name: 'short-lived' });

    const deleted = await home.call('DELETE', `/flows/${made.body.id}`);
    const again = await home.call('POST', '/flows/', { name: 'short-lived' });

    expect(deleted.status).toBe(204);
    expect(again.status).toBe(201);
    expect(again.body.id).not.toBe(made.body.id);
  });
});
