import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiKey } from '../../../shared/operations/access/api-keys.ts';
import { type TestApp, testApp } from '../../test-app.ts';

describe('API keys', () => {
  let home: TestApp;
  let admin: Record<string, string>;
  beforeAll(async () => {
    home = await testApp({ authRequired: true });
    const { key } = await createApiKey(home.app, { name: 'root', role: 'admin' });
    admin = { authorization: `Bearer ${key}` };
  });
  afterAll(() => home.close());

  it('are shown once, when they are made', async () => {
    const made = await home.call('POST', '/api_keys/', { name: 'ci', role: 'editor', expires_in_days: 30 }, admin);

    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ name: 'ci', role: 'editor', revoked: null, key: expect.stringMatching(/^ppk_/) });
    const listed = (await home.call('GET', '/api_keys/', undefined, admin)).body;
    expect(listed.map(({ name }: { name: string }) => name)).toEqual(['ci', 'root']);
    expect(JSON.stringify(listed)).not.toContain(made.body.key);
    const asCi = { authorization: `Bearer ${made.body.key}` };
    expect((await home.call('POST', '/flows/', { name: 'f' }, asCi)).status).toBe(201);
  });

  it('are refused soon after they are revoked, and stay in the list', async () => {
    const { key } = (await home.call('POST', '/api_keys/', { name: 'gone', role: 'viewer' }, admin)).body;
    const asGone = { authorization: `Bearer ${key}` };
    expect((await home.call('GET', '/admin/version', undefined, asGone)).status).toBe(200);

    expect((await home.call('DELETE', '/api_keys/gone', undefined, admin)).status).toBe(204);

    home.advance(11);
    expect((await home.call('GET', '/admin/version', undefined, asGone)).status).toBe(401);
    const listed = (await home.call('GET', '/api_keys/', undefined, admin)).body;
    expect(listed.find(({ name }: { name: string }) => name === 'gone').revoked).not.toBeNull();
  });

  it('tell whoever sends one its role', async () => {
    const { key } = (await home.call('POST', '/api_keys/', { name: 'reader', role: 'viewer' }, admin)).body;

    const own = await home.call('GET', '/api_keys/own', undefined, { authorization: `Bearer ${key}` });

    expect(own.body).toEqual({ role: 'viewer' });
    expect((await home.call('GET', '/api_keys/own')).status).toBe(401);
  });

  it('have names of their own, one of three roles, and are 404 when unknown', async () => {
    await home.call('POST', '/api_keys/', { name: 'twice', role: 'viewer' }, admin);
    const again = await home.call('POST', '/api_keys/', { name: 'twice', role: 'viewer' }, admin);
    const role = await home.call('POST', '/api_keys/', { name: 'x', role: 'king' }, admin);

    const forever = await home.call('POST', '/api_keys/', { name: 'y', role: 'viewer', expires_in_days: 1e15 }, admin);

    expect(forever.body.exception_detail[0].loc).toEqual(['body', 'expires_in_days']);
    expect(again.status).toBe(409);
    expect(role.body.exception_detail[0].loc).toEqual(['body', 'role']);
    expect((await home.call('DELETE', '/api_keys/nobody', undefined, admin)).status).toBe(404);
  });
});
