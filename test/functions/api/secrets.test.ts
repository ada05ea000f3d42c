import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allOperations } from '../../../functions/api/routes.ts';
import { createApiKey } from '../../../shared/operations/access/api-keys.ts';
import { runToken } from '../../../shared/operations/access/run-tokens.ts';
import { type TestApp, testApp } from '../../test-app.ts';
import { makeWorld, type World } from './world.ts';

const operations = await allOperations();

/** What the world's block keeps secret. */
const SECRET = 'top-secret-value';

describe('secrets', () => {
  let home: TestApp;
  let world: World;
  const tokens: Record<string, string> = {};
  const as = (who: string) => ({ authorization: `Bearer ${tokens[who]}` });
  beforeAll(async () => {
    home = await testApp({ authRequired: true });
    for (const role of ['viewer', 'editor', 'admin'] as const) {
      tokens[role] = (await createApiKey(home.app, { name: role, role })).key;
    }
    world = await makeWorld(home, as('admin'));
    tokens['run'] = await runToken(home.app, world.flowRunId, 1);
  });
  afterAll(() => home.close());

  const reading = operations.filter(({ method, path }) => method === 'GET' || path.endsWith('/filter'));

  it('are in no answer that was not asked for them, not even for an admin', async () => {
    for (const { method, path, atRoot } of reading) {
      if (atRoot) continue;
      const body = method === 'POST' ? {} : undefined;
      const answer = await home.call(method, world.pathOf(path), body, as('admin'));
      expect([path, JSON.stringify(answer.body).includes(SECRET)]).toEqual([path, false]);
    }
  });

  it('are shown to editors and runs that ask, and never to viewers', async () => {
    const paths = [
      `${world.pathOf('/block_documents/{id}')}?include_secrets=true`,
      `${world.pathOf('/block_types/slug/{slug}/block_documents/name/{block_document_name}')}?include_secrets=true`,
      `${world.pathOf('/block_types/slug/{slug}/block_documents')}?include_secrets=true`,
    ];
    for (const path of paths) {
      const shown = async (who: string) =>
        JSON.stringify((await home.call('GET', path, undefined, as(who))).body).includes(SECRET);

      expect([path, await shown('admin'), await shown('editor'), await shown('viewer')]).toEqual([
        path,
        true,
        true,
        false,
      ]);
    }
    const [byId = ''] = paths;
    expect(JSON.stringify((await home.call('GET', byId, undefined, as('run'))).body)).toContain(SECRET);
    const filter = { include_secrets: true };
    const viewer = await home.call('POST', '/block_documents/filter', filter, as('viewer'));
    expect(JSON.stringify(viewer.body)).not.toContain(SECRET);
  });

  it('stand in no line of the log, nor do keys, tokens and parameters', async () => {
    const parameters = { password: 'parameter-value' };
    const run = { flow_id: world.flowId, parameters };
    await home.call('POST', '/flow_runs/', run, as('admin'));
    await home.call('GET', '/flows/name/nobody?api_key=query-value', undefined, as('admin'));

    const text = JSON.stringify(home.logged);

    expect(home.logged.length).toBeGreaterThan(reading.length);
    for (const hidden of [SECRET, 'parameter-value', 'query-value', ...Object.values(tokens)]) {
      expect([hidden, text.includes(hidden)]).toEqual([hidden, false]);
    }
  });
});
