import type { App } from '../../../shared/operations/app.ts';
import { createFlowRun } from '../../../shared/operations/flow-runs/create-flow-run.ts';

/** Where runs go: a flow and the default queue of a push pool. */
export interface Place {
  readonly flow_id: string;
  readonly work_pool_id: string;
  readonly work_pool_name: string;
  readonly work_queue_id: string;
}

const VARIABLES = ['command', 'env', 'labels', 'name', 'stream_output', 'working_dir'];

/** The template of Prefect's process worker, without texts for people. */
const TEMPLATE = {
  job_configuration: Object.fromEntries(VARIABLES.map((name) => [name, `{{ ${name} }}`])),
  variables: { type: 'object', properties: Object.fromEntries(VARIABLES.map((name) => [name, { title: name }])) },
};

/** Calls a home's API; a body that is not JSON is null. */
export async function call(apiUrl: string, method: string, path: string, body?: unknown) {
  const answer = await fetch(apiUrl + path, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  // biome-ignore lint/suspicious/noExplicitAny: answers are whatever JSON the API sends; tests look into them
  return { status: answer.status, body: (text ? JSON.parse(text) : null) as any };
}

/** Makes a `process:push` pool and a flow; may be called again on a kept folder. */
export async function makePlace(apiUrl: string): Promise<Place> {
  const made = await call(apiUrl, 'POST', '/work_pools/', {
    name: 'local',
    type: 'process:push',
    base_job_template: TEMPLATE,
  });
  const pool = made.status === 201 ? made : await call(apiUrl, 'GET', '/work_pools/local');
  const flow = await call(apiUrl, 'POST', '/flows/', { name: 'plain' });
  if (pool.body?.type !== 'process:push') throw new Error(`No pool: ${JSON.stringify([made, pool])}`);
  return {
    flow_id: flow.body.id,
    work_pool_id: pool.body.id,
    work_pool_name: 'local',
    work_queue_id: pool.body.default_queue_id,
  };
}

/** A run of a plain command, as a deployment of the pool would make it; due at once or after some seconds. */
export async function createRun(app: App, place: Place, command: string, dueInSeconds = 0): Promise<string> {
  const due = new Date(app.clock.now().getTime() + dueInSeconds * 1000).toISOString().replace('Z', '000Z');
  const { doc } = await createFlowRun(
    app,
    { kind: 'anonymous' },
    {
      ...place,
      name: 'plain-run',
      work_queue_name: 'default',
      work_pool_type: 'process:push',
      parameters: {},
      tags: [],
      labels: {},
      job_variables: { command },
      state: { type: 'SCHEDULED', state_details: { scheduled_time: due } } as never,
    },
  );
  return doc.id;
}
