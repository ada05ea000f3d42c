import { testApp } from '../../test-app.ts';
import { makeManyRuns } from './many-runs.ts';
import { makeManyTaskRuns } from './many-task-runs.ts';

const DAY_MS = 86_400_000;
const MINUTES_SINCE_THE_LAST_RUN = 2;
/** A count takes the marks of so many hours into its stock; here an hour has sixty runs. */
const RUNS_COUNTED_AT_ONCE = 100 * 60;

/** Read units of each list that people look at, over a history of so many runs. */
export async function listCosts(count: number): Promise<Record<string, number>> {
  const home = await testApp();
  try {
    const many = await makeManyRuns(home, count);
    await makeManyTaskRuns(home, many);
    const { docs, flowIds, deploymentIds } = many;
    const logged = docs[10]!.id;
    const timestamp = home.app.clock.now().toISOString();
    const line = (message: number) => ({
      name: 'l',
      level: 20,
      message: String(message),
      timestamp,
      flow_run_id: logged,
    });
    await home.call(
      'POST',
      '/logs/',
      Array.from({ length: 200 }, (_, index) => line(index)),
    );
    const yesterday = new Date(home.app.clock.now().getTime() - DAY_MS / 8).toISOString();
    const justNow = new Date(home.app.clock.now().getTime() - 10 * 60_000).toISOString();
    const recently = new Date(home.app.clock.now().getTime() - 20 * 60_000).toISOString();
    const startedRecently = { start_time: { after_: recently } };
    const sinceRecently = { expected_start_time: { after_: recently } };
    const sinceYesterday = { expected_start_time: { after_: yesterday } };
    const failed = { state: { type: { any_: ['FAILED'] } } };
    const lists: Record<string, [path: string, body: Record<string, unknown>]> = {
      'recent runs': ['/flow_runs/filter', {}],
      'recent runs by start': ['/flow_runs/filter', { sort: 'START_TIME_DESC' }],
      'recent runs by expected start': ['/flow_runs/filter', { sort: 'EXPECTED_START_TIME_DESC' }],
      'of a deployment': ['/flow_runs/filter', { deployments: { id: { any_: deploymentIds.slice(0, 1) } } }],
      'of a deployment by start': [
        '/flow_runs/filter',
        { flow_runs: { deployment_id: { any_: deploymentIds.slice(0, 1) } }, sort: 'START_TIME_DESC' },
      ],
      'of a flow': ['/flow_runs/filter', { flows: { id: { any_: flowIds.slice(0, 1) } } }],
      'by state': ['/flow_runs/filter', { flow_runs: failed }],
      'by state and time': [
        '/flow_runs/filter',
        { flow_runs: { ...failed, start_time: { after_: yesterday } }, sort: 'START_TIME_DESC' },
      ],
      'by state and expected time': [
        '/flow_runs/filter',
        { flow_runs: { ...failed, expected_start_time: { after_: yesterday } }, sort: 'EXPECTED_START_TIME_DESC' },
      ],
      'count by state and time': ['/flow_runs/count', { flow_runs: { ...failed, start_time: { after_: yesterday } } }],
      'by tag': ['/flow_runs/filter', { flow_runs: { tags: { all_: ['tag-3'] } } }],
      'by tag and start': [
        '/flow_runs/filter',
        { flow_runs: { tags: { any_: ['tag-3', 'tag-4'] } }, sort: 'START_TIME_DESC' },
      ],
      'late runs': ['/flow_runs/filter', { flow_runs: { state: { name: { any_: ['Late'] } } } }],
      'late runs that are due': [
        '/flow_runs/filter',
        { flow_runs: { state: { type: { any_: ['SCHEDULED'] } }, expected_start_time: { before_: timestamp } } },
      ],
      'count all': ['/flow_runs/count', {}],
      'count by state': ['/flow_runs/count', { flow_runs: failed }],
      'count by name of state': ['/flow_runs/count', { flow_runs: { state: { name: { any_: ['Completed'] } } } }],
      'count by state and expected time': [
        '/flow_runs/count',
        {
          flow_runs: { ...failed, expected_start_time: { after_: yesterday }, parent_task_run_id: { is_null_: true } },
        },
      ],
      'count of a deployment': ['/flow_runs/count', { deployments: { id: { any_: deploymentIds.slice(0, 1) } } }],
      'count of a deployment by state': [
        '/flow_runs/count',
        { deployments: { id: { any_: deploymentIds.slice(0, 1) } }, flow_runs: failed },
      ],
      'count of what a flow completed': [
        '/flow_runs/count',
        { flows: { id: { any_: flowIds.slice(0, 1) } }, flow_runs: { state: { type: { any_: ['COMPLETED'] } } } },
      ],
      'count of a work pool': ['/flow_runs/count', { work_pools: { name: { any_: ['pool'] } } }],
      'count of a work queue by state': [
        '/flow_runs/count',
        {
          ...{ work_pools: { name: { any_: ['pool'] } }, work_pool_queues: { name: { any_: ['default'] } } },
          flow_runs: { ...failed, ...sinceYesterday },
        },
      ],
      'count by tag and expected time': [
        '/flow_runs/count',
        { flow_runs: { tags: { any_: ['tag-3'] }, expected_start_time: { after_: justNow } } },
      ],
      'task runs of a flow run': ['/task_runs/filter', { flow_runs: { id: { any_: [logged] } } }],
      'recent task runs': ['/task_runs/filter', { sort: 'EXPECTED_START_TIME_DESC' }],
      'task runs by state': ['/task_runs/filter', { task_runs: failed }],
      'task runs that run': ['/task_runs/filter', { task_runs: { state: { type: { any_: ['RUNNING'] } } } }],
      'task runs by start': ['/task_runs/filter', { task_runs: startedRecently, sort: 'END_TIME_DESC' }],
      'task runs of recent flow runs': ['/task_runs/filter', { flow_runs: sinceRecently }],
      'count of task runs': ['/task_runs/count', {}],
      'count of task runs by state and start': ['/task_runs/count', { task_runs: { ...failed, ...startedRecently } }],
      'count of task runs of recent flow runs': [
        '/task_runs/count',
        { flow_runs: sinceRecently, task_runs: { subflow_runs: { exists_: false } } },
      ],
      'task runs in spans': ['/ui/task_runs/dashboard/counts', { task_runs: startedRecently }],
      'history of task runs': [
        '/task_runs/history',
        { history_start: yesterday, history_end: timestamp, history_interval_seconds: 3600 },
      ],
      'flows with failed runs': ['/flows/filter', { flow_runs: { ...failed, ...sinceYesterday } }],
      'flows with late runs': ['/flows/filter', { flow_runs: { state: { name: { any_: ['Late'] } } } }],
      'flows with runs': ['/flows/filter', { flow_runs: sinceYesterday, sort: 'UPDATED_DESC' }],
      'count of a flow': ['/flow_runs/count', { flows: { id: { any_: flowIds.slice(0, 1) } } }],
      'logs of a run': ['/logs/filter', { logs: { flow_run_id: { any_: [logged] } } }],
    };
    // Counts are of history that has been counted before: the first one looks at all that nobody has counted yet.
    home.advance(MINUTES_SINCE_THE_LAST_RUN * 60);
    for (const [name, ask] of Object.entries(lists)) {
      for (let spent = 0; name.startsWith('count') && spent < count / RUNS_COUNTED_AT_ONCE; spent++)
        await home.call('POST', ...ask);
    }
    const costs: Record<string, number> = {};
    for (const [name, [path, body]] of Object.entries(lists)) {
      home.consumed.length = 0;
      const limit = path.endsWith('filter') ? { limit: 10 } : {};
      const answer = await home.call('POST', path, { ...body, ...limit });
      const rows = Array.isArray(answer.body) ? answer.body.length : answer.body;
      if (!(rows > 0)) throw new Error(`${name} found nothing: ${JSON.stringify(answer.body)}`);
      costs[name] = home.consumed.reduce((sum, { units }) => sum + units, 0);
    }
    return costs;
  } finally {
    await home.close();
  }
}
