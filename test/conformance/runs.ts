import path from 'node:path';
import type { LocalHome } from './local-home.ts';
import { waitUntil } from './waiting.ts';

export const FLOWS_FOLDER = path.join(import.meta.dirname, 'flows');
export const TERMINAL = ['COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED'];

/** A Python process needs two seconds of a processor to start, and many may want one: nothing here is late before this. */
const PATIENCE_SECONDS = 180;

// biome-ignore lint/suspicious/noExplicitAny: entities are whatever JSON the API sends
type Entity = any;

/** A `process:push` pool with the type's own base job template, as the CLI would make it. */
export async function createPool(home: LocalHome, name: string): Promise<void> {
  const { body: view } = await home.call('GET', '/collections/views/aggregate-worker-metadata');
  const type = Object.values(view as Record<string, Entity>).find((types) => 'process:push' in types)?.['process:push'];
  await expectStatus(201, home, 'POST', '/work_pools/', {
    name,
    type: 'process:push',
    base_job_template: type.default_base_job_configuration,
  });
}

/** A deployment made by REST, which saves the seconds that the CLI needs to start; its id. */
export async function createDeployment(
  home: LocalHome,
  options: Record<string, unknown> & { flow: string; pool: string },
): Promise<string> {
  const { flow, pool, ...more } = options;
  const { body: created } = await home.call('POST', '/flows/', { name: flow });
  const deployment = await expectStatus(201, home, 'POST', '/deployments/', {
    name: 'conformance',
    flow_id: created.id,
    work_pool_name: pool,
    entrypoint: `unhappy.py:${flow}`,
    pull_steps: [{ 'prefect.deployments.steps.set_working_directory': { directory: FLOWS_FOLDER } }],
    ...more,
  });
  return deployment.id;
}

/** Starts a run of a deployment by REST; its id. */
export async function startRun(
  home: LocalHome,
  deploymentId: string,
  body: Record<string, unknown> = {},
): Promise<string> {
  return (await expectStatus(201, home, 'POST', `/deployments/${deploymentId}/create_flow_run`, body)).id;
}

/** The deployment `flow/name`; fails when it is not there. */
export const deploymentNamed = (home: LocalHome, name: string): Promise<Entity> =>
  expectStatus(200, home, 'GET', `/deployments/name/${name}`);

/** The run once `isSo`, by polling. */
export async function runWhen(
  home: LocalHome,
  id: string,
  what: string,
  isSo: (run: Entity) => boolean,
  seconds = PATIENCE_SECONDS,
): Promise<Entity> {
  let last: Entity;
  return waitUntil(
    async () => {
      last = (await home.call('GET', `/flow_runs/${id}`)).body;
      return isSo(last) ? last : undefined;
    },
    { seconds, what: `flow run ${id} to be ${what}`, everyMilliseconds: 200 },
  ).catch((error) => {
    throw new Error(`${error.message} It is ${JSON.stringify(last?.state)}.\n${home.output().slice(-2000)}`);
  });
}

export const finishedRun = (home: LocalHome, id: string, seconds?: number): Promise<Entity> =>
  runWhen(home, id, 'finished', (run) => TERMINAL.includes(run.state_type), seconds);

/** Names of the run's states, oldest first. */
export async function stateNames(home: LocalHome, id: string): Promise<string[]> {
  const states: Entity[] = await expectStatus(200, home, 'GET', `/flow_run_states/?flow_run_id=${id}`);
  return states.sort((a, b) => (a.timestamp < b.timestamp ? -1 : 1)).map((state) => state.name);
}

/** The run's task runs by name, once `count` of them have ended: their events may come after the run's own end. */
export async function taskRuns(home: LocalHome, id: string, count: number): Promise<Entity[]> {
  let last: Entity[] = [];
  return waitUntil(
    async () => {
      last = await expectStatus(200, home, 'POST', '/task_runs/filter', {
        task_runs: { flow_run_id: { any_: [id] } },
        sort: 'NAME_ASC',
      });
      return last.length >= count && last.every((task) => TERMINAL.includes(task.state_type)) ? last : undefined;
    },
    { seconds: PATIENCE_SECONDS, what: `${count} ended task runs` },
  ).catch((error) => {
    throw new Error(`${error.message} There are ${JSON.stringify(last.map((task) => [task.name, task.state_name]))}.`);
  });
}

/** The run's log once it holds a line with `text`. */
export async function logsWith(home: LocalHome, id: string, text: string): Promise<string> {
  let last = '';
  return waitUntil(
    async () => {
      const logs: Entity[] = await expectStatus(200, home, 'POST', '/logs/filter', {
        logs: { flow_run_id: { any_: [id] } },
        sort: 'TIMESTAMP_ASC',
      });
      last = logs.map((log) => log.message).join('\n');
      return last.includes(text) ? last : undefined;
    },
    { seconds: PATIENCE_SECONDS, what: `“${text}” in the log` },
  ).catch((error) => {
    throw new Error(`${error.message} It holds:\n${last}`);
  });
}

/** The answer's body; throws with it when the status is another. */
export async function expectStatus(
  status: number,
  home: LocalHome,
  method: string,
  route: string,
  body?: unknown,
): Promise<Entity> {
  const answer = await home.call(method, route, body);
  if (answer.status !== status) throw new Error(`${method} ${route}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}
