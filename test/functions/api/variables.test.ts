import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getVariables } from '../../../shared/operations/variables.ts';
import { type TestApp, testApp } from '../../test-app.ts';

describe('variables', () => {
  let home: TestApp;
  beforeAll(async () => {
    home = await testApp();
  });
  afterAll(() => home.close());

  it('keep any JSON value and are read by id and by name', async () => {
    const value = { list: [1, null, 'x'], deep: { on: true } };

    const made = await home.call('POST', '/variables/', { name: 'any-json_1', value, tags: ['t'] });

    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      id: expect.any(String),
      created: expect.any(String),
      updated: expect.any(String),
      name: 'any-json_1',
      value,
      tags: ['t'],
    });
    expect((await home.call('GET', '/variables/name/any-json_1')).body).toEqual(made.body);
    expect((await home.call('GET', `/variables/${made.body.id}`)).body).toEqual(made.body);
  });

  it('may be null', async () => {
    const made = await home.call('POST', '/variables/', { name: 'nothing', value: null });

    expect([made.status, made.body.value, made.body.tags]).toEqual([201, null, []]);
  });

  it('have names of their own: a second one is refused', async () => {
    await home.call('POST', '/variables/', { name: 'once', value: 1 });

    const again = await home.call('POST', '/variables/', { name: 'once', value: 2 });

    expect([again.status, again.body]).toEqual([409, { detail: "A variable with the name 'once' already exists." }]);
  });

  it.each([
    ['A b', 'Value error, Variable name must only contain lowercase letters, numbers, and dashes or underscores.'],
    ['x'.repeat(256), 'Value should have at most 255 items after validation, not 256'],
  ])('refuse the name %s', async (name, msg) => {
    const answer = await home.call('POST', '/variables/', { name, value: 1 });

    expect(answer.status).toBe(422);
    expect(answer.body.exception_detail[0]).toMatchObject({ loc: ['body', 'name'], msg });
  });

  it('refuse a missing value and one over 5000 characters as JSON', async () => {
    const missing = await home.call('POST', '/variables/', { name: 'missing' });
    const tooLong = await home.call('POST', '/variables/', { name: 'long', value: 'x'.repeat(4999) });
    const longest = await home.call('POST', '/variables/', { name: 'long', value: 'x'.repeat(4998) });

    expect(missing.body.exception_detail[0]).toMatchObject({ type: 'missing', loc: ['body', 'value'] });
    expect(tooLong.body.exception_detail[0]).toMatchObject({
      loc: ['body', 'value'],
      msg: 'Value error, Variable value must be less than 5000 characters',
    });
    expect(longest.status).toBe(201);
  });

  it('change only in the keys that are sent, by name and by id', async () => {
    const { body: made } = await home.call('POST', '/variables/', { name: 'changing', value: 1, tags: ['a'] });

    const byName = await home.call('PATCH', '/variables/name/changing', { value: 2 });
    const byId = await home.call('PATCH', `/variables/${made.id}`, { tags: ['b'] });
    const renamed = await home.call('PATCH', `/variables/${made.id}`, { name: 'changed', value: null });

    expect([byName.status, byId.status, renamed.status]).toEqual([204, 204, 204]);
    expect((await home.call('GET', '/variables/name/changed')).body).toMatchObject({ value: null, tags: ['b'] });
    expect((await home.call('GET', '/variables/name/changing')).status).toBe(404);
  });

  it('do not take the name of another one', async () => {
    await home.call('POST', '/variables/', { name: 'mine', value: 1 });
    await home.call('POST', '/variables/', { name: 'yours', value: 1 });

    const answer = await home.call('PATCH', '/variables/name/mine', { name: 'yours' });

    expect([answer.status, answer.body]).toEqual([409, { detail: "A variable with the name 'yours' already exists." }]);
  });

  it('are gone when deleted, and unknown ones answer 404', async () => {
    const { body: made } = await home.call('POST', '/variables/', { name: 'going', value: 1 });

    const deleted = await home.call('DELETE', '/variables/name/going');
    const again = await home.call('DELETE', `/variables/${made.id}`);
    const unknown = await home.call('PATCH', '/variables/name/nope', { value: 1 });

    expect(deleted.status).toBe(204);
    expect([again.status, again.body]).toEqual([404, { detail: 'Variable not found.' }]);
    expect([unknown.status, unknown.body]).toEqual([404, { detail: 'Variable not found.' }]);
  });

  it('are filtered by name and tags, counted, sorted and paged', async () => {
    for (const name of ['f-a', 'f-b', 'f-c'])
      await home.call('POST', '/variables/', { name, value: name, tags: [name] });
    const names = async (body: unknown) =>
      (await home.call('POST', '/variables/filter', body)).body.map((variable: { name: string }) => variable.name);
    const like = { name: { like_: 'F-' } };

    expect(await names({ variables: like })).toEqual(['f-a', 'f-b', 'f-c']);
    expect(await names({ variables: like, sort: 'NAME_DESC', limit: 1, offset: 1 })).toEqual(['f-b']);
    expect(await names({ variables: { tags: { all_: ['f-b'] } } })).toEqual(['f-b']);
    expect(await names({ variables: { name: { any_: [] } } })).toEqual([]);
    expect(await names({ variables: like, sort: 'CREATED_DESC' })).toHaveLength(3);
    expect((await home.call('POST', '/variables/count', { variables: like })).body).toBe(3);
    expect((await home.call('POST', '/variables/count')).body).toBeGreaterThanOrEqual(3);
    expect((await home.call('POST', '/variables/filter', { limit: 201 })).body).toEqual({
      detail: 'Invalid limit: must be less than or equal to 200.',
    });
    expect(
      (await home.call('POST', '/variables/filter', { variables: { zzz: 1 } })).body.exception_detail[0].type,
    ).toBe('extra_forbidden');
  });

  it('are looked up many at once, without those that do not exist', async () => {
    await home.call('POST', '/variables/', { name: 'one', value: 1 });
    await home.call('POST', '/variables/', { name: 'none', value: null });

    const values = await getVariables(home.app, ['one', 'none', 'missing', 'one']);

    expect([...values]).toEqual([
      ['one', 1],
      ['none', null],
    ]);
  });
});
