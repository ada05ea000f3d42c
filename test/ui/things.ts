import type { Home } from '../../infra/local/home.ts';
import { call, createRun, makePlace } from '../infra/local/push-pool.ts';

/** Ids of one of everything that has a page. */
export interface Things {
  readonly failed: string;
  readonly flow: string;
  readonly deployment: string;
  readonly taskRun: string;
  readonly block: string;
  readonly tagLimit: string;
  readonly automation: string;
  readonly artifact: string;
  readonly event: string;
  readonly day: string;
}

/** Fills a home with one of everything: runs that ended well and badly, and what else has a page of its own. */
export async function fillHome(home: Home): Promise<Things> {
  const api = client(home);
  const place = await makePlace(home.apiUrl);
  const failed = await createRun(home.app, place, "sh -c 'echo what went wrong; exit 3'");
  await createRun(home.app, place, "sh -c 'echo fine'");
  const deployment = await api.post('/deployments/', {
    name: 'nightly',
    flow_id: place.flow_id,
    work_pool_name: 'local',
    entrypoint: 'flow.py:plain',
    description: 'Every night, **all** of it.',
    parameters: { count: 3 },
    parameter_openapi_schema: {
      type: 'object',
      properties: { count: { type: 'integer', title: 'Count', minimum: 1 }, text: { type: 'string', title: 'Text' } },
      required: ['count'],
    },
    schedules: [{ schedule: { cron: '0 3 * * *', timezone: 'Europe/Berlin' }, active: true }],
  });
  const taskRun = await api.post('/task_runs/', {
    flow_run_id: failed,
    name: 'a-task',
    task_key: 'a-task',
    dynamic_key: '0',
    state: { type: 'COMPLETED' },
  });
  const automation = await api.post('/automations/', {
    name: 'Tell somebody',
    trigger: {
      type: 'event',
      posture: 'Reactive',
      expect: ['prefect.flow-run.Failed'],
      match: { 'prefect.resource.id': 'prefect.flow-run.*' },
      threshold: 1,
      within: 0,
    },
    actions: [{ type: 'do-nothing' }],
  });
  const artifact = await api.post('/artifacts/', {
    key: 'report',
    type: 'markdown',
    description: 'A report',
    data: '# Ended\n\n```python\nprint(1)\n```',
    flow_run_id: failed,
  });
  await api.post('/variables/', { name: 'region', value: 'eu-central-1', tags: ['cloud'] });
  await api.post('/v2/concurrency_limits/', { name: 'database', limit: 4 });
  const tagLimit = await api.post('/concurrency_limits/', { tag: 'heavy', concurrency_limit: 2 });
  const block = await storeBlock(api, 'secret', { name: 'api-password', data: { value: 'opened' } });
  await until(async () => (await api.get(`/flow_runs/${failed}`)).state_type === 'FAILED');
  const since = new Date(Date.now() - 3_600_000).toISOString();
  const [event] = await until(async () => {
    const { events } = await api.post('/events/filter', {
      filter: { occurred: { since, until: new Date().toISOString() }, event: { prefix: ['prefect.flow-run.'] } },
    });
    return events.length > 0 ? events : null;
  });
  return {
    failed,
    flow: place.flow_id,
    deployment: deployment.id,
    taskRun: taskRun.id,
    block,
    tagLimit: tagLimit.id,
    automation: automation.id,
    artifact: artifact.id,
    event: event.id,
    day: event.occurred.slice(0, 10),
  };
}

export type Client = ReturnType<typeof client>;

/** Calls of a home that must succeed. */
export function client(home: Home) {
  const ask = async (method: string, route: string, body?: unknown) => {
    const answer = await call(home.apiUrl, method, route, body);
    if (answer.status >= 300) throw new Error(`${method} ${route}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  return {
    get: (route: string) => ask('GET', route),
    post: (route: string, body: unknown) => ask('POST', route, body),
  };
}

/** The id of a block document of a type by its slug. */
export async function storeBlock(api: Client, slug: string, block: { name: string; data: unknown }): Promise<string> {
  const type = await api.get(`/block_types/slug/${slug}`);
  const [schema] = await api.post('/block_schemas/filter', { block_schemas: { block_type_id: { any_: [type.id] } } });
  const made = await api.post('/block_documents/', { ...block, block_type_id: type.id, block_schema_id: schema.id });
  return made.id;
}

/** Looks until there is something to see. */
export async function until<Seen>(look: () => Promise<Seen>): Promise<NonNullable<Seen>> {
  for (let times = 0; times < 600; times++) {
    const seen = await look();
    if (seen) return seen;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error('Not within a minute.');
}
