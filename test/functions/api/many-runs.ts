import type { FlowRun } from '../../../shared/domain/flow-run.ts';
import type { FlowRunDocument } from '../../../shared/domain/flow-run-life.ts';
import type { StateType } from '../../../shared/domain/states.ts';
import type { TestApp } from '../../test-app.ts';

export interface ManyRuns {
  readonly docs: readonly FlowRunDocument[];
  readonly flowIds: readonly string[];
  readonly deploymentIds: readonly string[];
}

const MINUTE_MS = 60_000;
const AT_ONCE = 50;

/**
 * A history of so many runs, one a minute, written straight into the table: two flows, ten deployments, twenty tags, every third in
 * the work pool `pool`, each seventh failed, the newest five late. What was before the newest ones is alike however long the history is.
 */
export async function makeManyRuns(home: TestApp, count: number): Promise<ManyRuns> {
  const flowIds: string[] = [];
  for (const name of ['one', 'two']) flowIds.push((await home.call('POST', '/flows/', { name })).body.id);
  const template = (await home.call('POST', '/flow_runs/', { flow_id: flowIds[0], state: { type: 'COMPLETED' } })).body
    .id;
  const base = await home.app.store.flowRuns.get(template);
  await home.app.store.flowRuns.delete(template);
  const deploymentIds: string[] = [];
  for (let index = 0; index < 10; index++) {
    const body = { name: `d${index}`, flow_id: flowIds[index % 2] };
    deploymentIds.push((await home.call('POST', '/deployments/', body)).body.id);
  }
  const pool = (await home.call('POST', '/work_pools/', { name: 'pool', type: 'process' })).body;
  const inPool = {
    ...{ work_pool_id: pool.id, work_pool_name: 'pool' },
    ...{ work_queue_id: pool.default_queue_id, work_queue_name: 'default' },
  };
  const now = home.app.clock.now().getTime();
  const docs = Array.from({ length: count }, (_, age) =>
    runOf(base!, age, now, {
      ...{ flow_id: flowIds[age % 2]!, deployment_id: deploymentIds[age % 10]! },
      ...(age % 3 === 0 && inPool),
    }),
  );
  for (let start = 0; start < count; start += AT_ONCE) {
    await Promise.all(docs.slice(start, start + AT_ONCE).map((doc) => home.app.store.flowRuns.create(doc)));
  }
  return { docs, flowIds, deploymentIds };
}

function runOf(base: FlowRunDocument, age: number, now: number, owner: Partial<FlowRun>): FlowRunDocument {
  const at = now - (age + 1) * MINUTE_MS;
  const time = new Date(at).toISOString().replace('Z', '000Z');
  const id = idAt(at);
  const [state_type, state_name]: [StateType, string] =
    age < 5 ? ['SCHEDULED', 'Late'] : age % 7 === 0 ? ['FAILED', 'Failed'] : ['COMPLETED', 'Completed'];
  const started = state_type === 'SCHEDULED' ? null : time;
  const state = { ...base.run.state!, id: crypto.randomUUID(), type: state_type, name: state_name, timestamp: time };
  const run = {
    ...{ ...base.run, ...owner, id, created: time, updated: time, name: `run-${age}`, tags: [`tag-${age % 20}`] },
    ...{ state, state_id: state.id, state_type, state_name, state_timestamp: time },
    ...{ expected_start_time: time, start_time: started, end_time: started },
  };
  return { ...base, id, run, states: [state] };
}

/** A UUIDv7 of a time. */
export function idAt(ms: number): string {
  const time = ms.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`;
}
