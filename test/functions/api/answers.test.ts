import { readFileSync } from 'node:fs';
import { Validator } from '@cfworker/json-schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allOperations } from '../../../functions/api/routes.ts';
import { type TestApp, testApp } from '../../test-app.ts';
import { makeWorld, type World } from './world.ts';

const operations = await allOperations();

type Schema = Record<string, unknown>;
type Documented = { responses: Record<string, { content?: Record<string, { schema: Schema }> }> };

const prefect = JSON.parse(readFileSync(new URL('./openapi/data/prefect-openapi.json', import.meta.url), 'utf8')) as {
  paths: Record<string, Record<string, Documented>>;
  components: Schema;
};

/** What a reading operation needs to be asked with. */
const DAY = {
  history_start: '2026-01-01T00:00:00Z',
  history_end: '2026-01-02T00:00:00Z',
  history_interval_seconds: 3600,
};
const BODIES: Record<string, (world: World) => unknown> = {
  'POST /flow_runs/history': () => DAY,
  'POST /task_runs/history': () => DAY,
  'POST /events/count-by/{countable}': () => ({ filter: {} }),
  'POST /flow_runs/{id}/input/filter': () => ({ prefix: 'k', limit: 1, exclude_keys: [] }),
  'POST /deployments/get_scheduled_flow_runs': ({ deploymentId }) => ({ deployment_ids: [deploymentId] }),
};
const QUERIES: Record<string, (world: World) => string> = {
  'GET /flow_run_states/': ({ flowRunId }) => `?flow_run_id=${flowRunId}`,
  'GET /task_run_states/': ({ taskRunId }) => `?task_run_id=${taskRunId}`,
};
/** Asked for in their own tests: what they answer needs more than the world has. */
const ELSEWHERE = new Set([
  'GET /csrf-token',
  'GET /events/filter/next',
  'GET /task_run_states/{id}',
  'GET /admin/settings', // Prefect's own settings, which pushpool does not have
]);

const READING = /\/(filter|count|paginate|history|lateness|get_scheduled_flow_runs|get_runs)$|count-by/;

describe("what reading operations answer fits Prefect's own schemas", () => {
  let home: TestApp;
  let world: World;
  beforeAll(async () => {
    home = await testApp();
    world = await makeWorld(home);
  });
  afterAll(() => home.close());

  const reading = operations
    .filter(({ method, path }) => method === 'GET' || (method === 'POST' && READING.test(path)))
    .map(({ method, path }) => `${method} ${path}`)
    .filter((name) => !ELSEWHERE.has(name) && schemaOf(name));

  it.each(reading)('%s', async (name) => {
    const [method = '', path = ''] = name.split(' ');
    const query = QUERIES[name]?.(world) ?? '';
    const body = method === 'POST' ? (BODIES[name]?.(world) ?? {}) : undefined;

    const answer = await home.call(method, world.pathOf(path) + query, body);

    expect([answer.status, answer.status < 300 || answer.body]).toEqual([200, true]);
    const schema = { ...schemaOf(name), components: prefect.components };
    const { errors } = new Validator(schema as never, '2020-12', false).validate(answer.body);
    expect(errors.map(({ instanceLocation, error }) => `${instanceLocation} ${error}`)).toEqual([]);
  });

  function schemaOf(name: string): Schema | undefined {
    const [method = '', path = ''] = name.split(' ');
    return prefect.paths[path]?.[method.toLowerCase()]?.responses['200']?.content?.['application/json']?.schema;
  }
});
