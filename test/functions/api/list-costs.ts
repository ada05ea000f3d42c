import { testApp } from '../../test-app.ts';
import { makeManyRuns } from './many-runs.ts';

const DAY_MS = 86_400_000;

/** Read units of each list that people look at, over a history of so many runs. */
export async function listCosts(count: number): Promise<Record<string, number>> {
  const home = await testApp();
  try {
    const { docs, flowIds, deploymentIds } = await makeManyRuns(home, count);
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
      'logs of a run': ['/logs/filter', { logs: { flow_run_id: { any_: [logged] } } }],
    };
    const costs: Record<string, number> = {};
    for (const [name, [path, body]] of Object.entries(lists)) {
      home.consumed.length = 0;
      const limit = path.endsWith('count') ? {} : { limit: 10 };
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
