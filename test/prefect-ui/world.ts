import type { LocalHome } from '../conformance/local-home.ts';
import {
  createDeployment,
  createPool,
  expectStatus,
  finishedRun,
  logsWith,
  startRun,
  taskRuns,
} from '../conformance/runs.ts';

/** Ids of what the pages are opened for. */
export interface World {
  readonly flow: string;
  readonly deployment: string;
  readonly run: string;
  readonly failedRun: string;
  readonly taskRun: string;
  readonly subflowRun: string;
  readonly block: string;
  readonly automation: string;
  readonly globalLimit: string;
  readonly tagLimit: string;
  readonly artifact: string;
  readonly event: { readonly id: string; readonly day: string };
}

const FOLDER = import.meta.dirname;

/** A home as a team has it after a day: one of everything that has a page, and runs of the real engine. */
export async function makeWorld(home: LocalHome): Promise<World> {
  const make = (route: string, body: unknown) => expectStatus(201, home, 'POST', route, body);
  await createPool(home, 'local');
  await make('/work_pools/', { name: 'elsewhere', type: 'process' });
  await make('/work_pools/local/queues', { name: 'urgent', priority: 1, description: 'Before all others' });
  const pull_steps = [{ 'prefect.deployments.steps.set_working_directory': { directory: FOLDER } }];
  const deployment = await createDeployment(home, {
    flow: 'shown',
    pool: 'local',
    name: 'daily',
    entrypoint: 'shown.py:shown',
    pull_steps,
    description: 'Counts letters',
    tags: ['letters'],
    concurrency_limit: 3,
    parameters: { words: ['one', 'three'] },
    parameter_openapi_schema: {
      type: 'object',
      title: 'Parameters',
      properties: { words: { type: 'array', items: { type: 'string' }, title: 'words', position: 0 } },
    },
    schedules: [{ schedule: { cron: '0 6 * * *', timezone: 'Europe/Berlin' }, active: true }],
  });
  const broken = await createDeployment(home, {
    flow: 'broken',
    pool: 'local',
    name: 'by-hand',
    entrypoint: 'shown.py:broken',
    pull_steps,
  });
  const [run, failedRun] = await Promise.all([startRun(home, deployment), startRun(home, broken)]);
  await make('/variables/', { name: 'greeting', value: { text: 'hello' }, tags: ['letters'] });
  const { id: globalLimit } = await make('/v2/concurrency_limits/', { name: 'database', limit: 5 });
  const tagLimit = await make('/concurrency_limits/', {
    tag: 'counted',
    concurrency_limit: 4,
  });
  const automation = await make('/automations/', {
    name: 'watch the broken',
    description: 'Does nothing, loudly',
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
  const block = await makeBlock(home, make);

  const [finished, failed] = await Promise.all([finishedRun(home, run), finishedRun(home, failedRun)]);
  if (finished.state_type !== 'COMPLETED' || failed.state_type !== 'FAILED') {
    throw new Error(`The runs ended as ${JSON.stringify([finished.state, failed.state])}`);
  }
  await logsWith(home, run, 'Finished in state');
  const tasks = await taskRuns(home, run, 4);
  const [subflow] = await expectStatus(200, home, 'POST', '/flow_runs/filter', {
    flow_runs: { parent_flow_run_id: { any_: [run] } },
  });
  const [artifact] = await expectStatus(200, home, 'POST', '/artifacts/filter', {
    artifacts: { key: { any_: ['lengths'] } },
  });
  const { events } = await expectStatus(200, home, 'POST', '/events/filter', {
    filter: { event: { name: ['prefect.flow-run.Completed'] } },
  });
  return {
    flow: finished.flow_id,
    deployment,
    run,
    failedRun,
    taskRun: tasks.find((task) => task.name.startsWith('add')).id,
    subflowRun: subflow.id,
    block,
    automation: automation.id,
    globalLimit,
    tagLimit: tagLimit.id,
    artifact: artifact.id,
    event: { id: events[0].id, day: events[0].occurred.slice(0, 10) },
  };
}

async function makeBlock(
  home: LocalHome,
  make: (route: string, body: unknown) => Promise<{ id: string }>,
): Promise<string> {
  const { id: block_type_id } = await expectStatus(200, home, 'GET', '/block_types/slug/secret');
  const [schema] = await expectStatus(200, home, 'POST', '/block_schemas/filter', {
    block_schemas: { block_type_id: { any_: [block_type_id] } },
  });
  const block = await make('/block_documents/', {
    name: 'database-password',
    block_type_id,
    block_schema_id: schema.id,
    data: { value: 'correct horse' },
  });
  return block.id;
}
