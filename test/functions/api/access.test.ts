import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allOperations } from '../../../functions/api/routes.ts';
import { createApiKey } from '../../../shared/operations/access/api-keys.ts';
import { runToken } from '../../../shared/operations/access/run-tokens.ts';
import { type TestApp, testApp } from '../../test-app.ts';
import { ACCESS_TABLE } from './access-table.ts';

const operations = await allOperations();

const NOBODY = '00000000-0000-4000-8000-000000000000';
const ROLES = ['open', 'viewer', 'editor', 'admin'] as const;
/** No JSON: whoever may call an operation is told so, and nothing is changed by asking. */
const UNREADABLE = '{';

const rows = ACCESS_TABLE.flatMap(({ role, run, operations: names }) => names.map((name) => ({ name, role, run })));

describe('who may call what', () => {
  let home: TestApp;
  let mine: string;
  let child: string;
  let other: string;
  const headers: Record<string, Record<string, string>> = { none: {}, wrong: bearer('ppk_nobody') };
  beforeAll(async () => {
    home = await testApp({ authRequired: true });
    for (const role of ['viewer', 'editor', 'admin'] as const) {
      headers[role] = bearer((await createApiKey(home.app, { name: role, role })).key);
    }
    headers['expired'] = bearer((await createApiKey(home.app, { name: 'old', role: 'admin', expiresInDays: 1 })).key);
    home.advance(2 * 86_400);
    const flow_id = (await home.call('POST', '/flows/', { name: 'f' }, headers['admin'])).body.id;
    const running = { flow_id, state: { type: 'RUNNING' } };
    const run = async (as: string) => (await home.call('POST', '/flow_runs/', running, headers[as])).body.id;
    mine = await run('admin');
    headers['run'] = bearer(await runToken(home.app, mine, 1));
    child = await run('run');
    other = await run('admin');
  });
  afterAll(() => home.close());

  it('is written down for every operation, and for none that there is not', () => {
    const names = operations.map(({ method, path }) => `${method} ${path}`);

    expect(rows.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
  });

  it.each(rows)('$name: $role, run token: $run', async ({ name, role, run }) => {
    const status = async (as: string, id = NOBODY): Promise<number> => {
      // Each asks from an address of its own, so that the wrong ones block nobody.
      const asked = { ...headers[as], 'x-forwarded-for': `${as}-${name}, 127.0.0.1` };
      const answer = await ask(name, id, asked);
      return answer === 401 || answer === 403 ? answer : 0;
    };

    const unknown = role === 'open' ? 0 : 401;
    expect({ none: await status('none'), wrong: await status('wrong'), expired: await status('expired') }).toEqual({
      none: unknown,
      wrong: unknown,
      expired: unknown,
    });
    for (const as of ['viewer', 'editor', 'admin'] as const) {
      expect([as, await status(as)]).toEqual([as, ROLES.indexOf(as) >= ROLES.indexOf(role) ? 0 : 403]);
    }
    const own = run === 'no' ? 403 : 0;
    expect([await status('run', mine), await status('run', child)]).toEqual([own, own]);
    expect(await status('run', other)).toBe(run === 'yes' ? 0 : 403);
  });

  /** Whether the door lets it through shows in the status; paths name nothing that could be lost. */
  async function ask(name: string, id: string, asked: Record<string, string>): Promise<number> {
    const [method = '', template = ''] = name.split(' ');
    const named: Record<string, string> = { id, countable: 'event', view: 'demo-flows' };
    const filled = template.replaceAll(
      /\{([^}]+)\}/g,
      (_, part: string) => named[part] ?? (part.endsWith('_id') ? NOBODY : 'nobody'),
    );
    if (template === '/ui-settings') return 200;
    const body = method === 'POST' || method === 'PUT' || method === 'PATCH' ? UNREADABLE : undefined;
    return (await home.call(method, filled, body, asked)).status;
  }
});

describe('credentials', () => {
  it('that are wrong cost one read each, whatever is wrong with them', async () => {
    const home = await testApp({ authRequired: true });
    const old = (await createApiKey(home.app, { name: 'old', role: 'admin', expiresInDays: 1 })).key;
    home.advance(2 * 86_400);
    const reads = async (key: string): Promise<number> => {
      home.consumed.length = 0;
      expect((await home.call('GET', '/admin/version', undefined, bearer(key))).status).toBe(401);
      return home.consumed.length;
    };

    expect([await reads('ppk_nobody'), await reads(old)]).toEqual([1, 1]);
    await home.close();
  });

  it('that are wrong block their address after twenty in a minute, and no other address', async () => {
    const home = await testApp({ authRequired: true });
    const { key } = await createApiKey(home.app, { name: 'k', role: 'viewer' });
    const ask = (given: string, from: string) =>
      home.call('GET', '/admin/version', undefined, {
        ...bearer(given),
        'x-forwarded-for': `1.1.1.1, ${from}, 127.0.0.1`,
      });

    for (let guess = 0; guess < 20; guess++) expect((await ask(`ppk_${guess}`, '10.0.0.1')).status).toBe(401);
    home.consumed.length = 0;
    const blocked = await ask('ppk_20', '10.0.0.1');

    expect([blocked.status, blocked.headers['retry-after'], home.consumed]).toEqual([429, '60', []]);
    expect((await ask(key, '10.0.0.2')).status).toBe(200);
    home.advance(61);
    expect((await ask(key, '10.0.0.1')).status).toBe(200);
    await home.close();
  });
});

function bearer(key: string): Record<string, string> {
  return { authorization: `Bearer ${key}` };
}
