import type { TestApp } from '../../test-app.ts';

/** One of everything, and how to name it in a path: `params['/flows/{id}'].id`. */
export interface World {
  readonly flowId: string;
  readonly flowRunId: string;
  readonly taskRunId: string;
  readonly deploymentId: string;
  /** Fills a route's path in with what the world has. */
  pathOf(path: string): string;
}

/** Makes one of everything through the API. */
export async function makeWorld(home: TestApp, headers: Record<string, string> = {}): Promise<World> {
  const post = async (path: string, body: unknown) => {
    const answer = await home.call('POST', path, body, headers);
    if (answer.status >= 300) throw new Error(`POST ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const pool = await post('/work_pools/', { name: 'pool', type: 'process' });
  await post('/work_pools/pool/queues', { name: 'queue' });
  await home.call('POST', '/work_pools/pool/workers/heartbeat', { name: 'worker' }, headers);
  const agentQueue = await post('/work_queues/', { name: 'agents' });
  const flow = await post('/flows/', { name: 'flow', tags: ['t'] });
  const deployment = await post('/deployments/', {
    ...{ name: 'deployment', flow_id: flow.id, work_pool_name: 'pool', work_queue_name: 'queue', tags: ['d'] },
    schedules: [{ schedule: { interval: 3600, anchor_date: '2026-01-01T00:00:00Z' }, active: true }],
  });
  await post(`/deployments/${deployment.id}/create_flow_run`, {});
  const run = await post('/flow_runs/', { flow_id: flow.id, name: 'run', state: { type: 'RUNNING' }, tags: ['r'] });
  await post(`/flow_runs/${run.id}/input`, { key: 'key', value: '1' });
  const task = await post('/task_runs/', {
    ...{ flow_run_id: run.id, task_key: 'task', dynamic_key: '0', name: 'task', state: { type: 'RUNNING' } },
  });
  const logs = [
    { name: 'l', level: 20, message: 'm', timestamp: home.app.clock.now().toISOString(), flow_run_id: run.id },
  ];
  await post('/logs/', logs);
  const artifact = await post('/artifacts/', { key: 'artifact', type: 'markdown', data: 'x', flow_run_id: run.id });
  const variable = await post('/variables/', { name: 'variable', value: { a: 1 } });
  const blockType = await post('/block_types/', { name: 'Block', slug: 'block' });
  const fields = {
    type: 'object',
    properties: { s: { type: 'string' } },
    secret_fields: ['s'],
    block_type_slug: 'block',
  };
  const blockSchema = await post('/block_schemas/', { fields, block_type_id: blockType.id });
  const document = await post('/block_documents/', {
    ...{
      name: 'document',
      data: { s: 'top-secret-value' },
      block_schema_id: blockSchema.id,
      block_type_id: blockType.id,
    },
  });
  const trigger = { type: 'event', posture: 'Reactive', threshold: 1, within: 0, expect: ['x'] };
  const automation = await post('/automations/', { name: 'automation', trigger, actions: [{ type: 'do-nothing' }] });
  const limit = await post('/v2/concurrency_limits/', { name: 'limit', limit: 2 });
  const tagLimit = await post('/concurrency_limits/', { tag: 'tag', concurrency_limit: 2 });
  const lease = await post('/v2/concurrency_limits/increment-with-lease', {
    names: ['limit'],
    slots: 1,
    mode: 'concurrency',
  });
  const search = (await home.call('PUT', '/saved_searches/', { name: 'search', filters: [] }, headers)).body;
  const schedules = (await home.call('GET', `/deployments/${deployment.id}/schedules`, undefined, headers)).body;
  const taskState = task.state_id;

  const byResource: Record<string, Record<string, string>> = {
    flows: { id: flow.id, name: 'flow' },
    flow_runs: { id: run.id, key: 'key' },
    flow_run_states: { id: run.state_id },
    task_runs: { id: task.id },
    task_run_states: { id: taskState },
    deployments: {
      ...{
        id: deployment.id,
        flow_name: 'flow',
        deployment_name: 'deployment',
        schedule_id: schedules[0]?.id ?? flow.id,
      },
    },
    artifacts: { id: artifact.id, key: 'artifact' },
    variables: { id: variable.id, name: 'variable' },
    block_types: { id: blockType.id, slug: 'block', block_document_name: 'document' },
    block_schemas: { id: blockSchema.id, checksum: blockSchema.checksum },
    block_documents: { id: document.id },
    automations: { id: automation.id, resource_id: 'prefect.deployment.x' },
    concurrency_limits: { id: tagLimit.id, tag: 'tag' },
    v2: { id_or_name: limit.id, lease_id: lease.lease_id },
    saved_searches: { id: search.id },
    work_pools: { name: 'pool', work_pool_name: 'pool' },
    work_queues: { id: agentQueue.id, name: 'agents' },
    collections: { view: 'aggregate-worker-metadata' },
    events: { countable: 'event' },
    ui: { id: task.id },
  };
  return {
    flowId: flow.id,
    flowRunId: run.id,
    taskRunId: task.id,
    deploymentId: deployment.id,
    pathOf(path) {
      const known = byResource[path.split('/')[1] ?? ''] ?? {};
      const named: Record<string, string> = path.includes('/queues/')
        ? { ...known, name: 'queue' }
        : path.includes('/workers/')
          ? { ...known, name: 'worker' }
          : known;
      return path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => encodeURIComponent(named[name] ?? pool.id));
    },
  };
}
