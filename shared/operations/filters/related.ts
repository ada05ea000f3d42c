import type { FilterEnvelope } from '../../api/schemas/filters.ts';
import type { Deployment } from '../../domain/deployment.ts';
import type { Flow } from '../../domain/flow.ts';
import type { FlowRun } from '../../domain/flow-run.ts';
import type { TaskRun } from '../../domain/task-run.ts';
import type { App } from '../app.ts';
import { runsOfOwner } from '../flow-runs/flow-run-candidates.ts';
import { matchesDeployment } from './deployments.ts';
import { matchesFlowRun } from './flow-runs.ts';
import { matchesFlow } from './flows.ts';
import { matchesTaskRun } from './task-runs.ts';
import { matchesWorkPool, matchesWorkQueue } from './work-pools.ts';

/**
 * Whether a row passes all filters of a request, foreign ones included: a foreign filter means "a related row exists that
 * matches". Related rows are read once per request and only when a filter asks for them.
 */
export function relatedMatcher(app: App, filters: FilterEnvelope) {
  const read = reader(app);

  const viaFlow = async (id: string | null): Promise<boolean> => {
    if (!filters.flows) return true;
    const flow = id ? await read.flow(id) : null;
    return flow !== null && matchesFlow(filters.flows, flow, await hasDeployment(flow));
  };
  const viaDeployment = async (id: string | null): Promise<boolean> => {
    if (!filters.deployments) return true;
    const deployment = id ? await read.deployment(id) : null;
    return deployment !== null && deploymentPasses(deployment);
  };
  const viaPool = async (id: string | null): Promise<boolean> => {
    if (!filters.work_pools) return true;
    const pool = id ? await read.pool(id) : null;
    return pool !== null && matchesWorkPool(filters.work_pools, pool);
  };
  const viaQueue = async (id: string | null): Promise<boolean> => {
    if (!filters.work_pool_queues) return true;
    const queue = id ? await read.queue(id) : null;
    return queue !== null && matchesWorkQueue(filters.work_pool_queues, queue);
  };
  /** A run is a pool's by its queue: of a queue that is gone it is nobody's. */
  const viaPoolOfQueue = async (queueId: string | null): Promise<boolean> =>
    !filters.work_pools || viaPool((queueId ? await read.queue(queueId) : null)?.work_pool_id ?? null);
  const viaFlowRun = async (id: string | null): Promise<boolean> => {
    if (!filters.flow_runs) return true;
    const run = id ? await read.run(id) : null;
    return run !== null && (await flowRunMatches(run));
  };
  const tasksWanted = filters.task_runs?.operator === 'or_' ? null : filters.task_runs?.id?.any_;
  const ownersRuns = runsOfOwner(app, filters);
  const someRun = async (owner: 'flow_id' | 'deployment_id', id: string): Promise<boolean> => {
    if (!filters.flow_runs && !filters.task_runs) return true;
    const candidates = tasksWanted ? runsOfTasks(tasksWanted, (run) => run[owner] === id) : await ownersRuns(owner, id);
    return some(candidates, async (run) => (await flowRunMatches(run)) && (await someTask(run.id)));
  };
  const someTask = (flowRunId: string): Promise<boolean> =>
    !filters.task_runs
      ? Promise.resolve(true)
      : some(app.store.taskRuns.ofFlowRun(flowRunId), (task) => matchesTaskRun(filters.task_runs, task));
  const deploymentPasses = async (deployment: Deployment): Promise<boolean> => {
    const flow = filters.deployments?.flow_or_deployment_name ? await read.flow(deployment.flow_id) : null;
    return matchesDeployment(filters.deployments, deployment, flow?.name ?? '');
  };
  const hasDeployment = (flow: Flow): Promise<boolean> =>
    filters.flows?.deployment ? some(app.store.deployments.ofFlow(flow.id), () => true) : Promise.resolve(true);

  return {
    async flowRun(run: FlowRun): Promise<boolean> {
      return (
        (await flowRunMatches(run)) &&
        (await viaFlow(run.flow_id)) &&
        (await viaDeployment(run.deployment_id)) &&
        (await viaPoolOfQueue(run.work_queue_id)) &&
        (await viaQueue(run.work_queue_id)) &&
        (await someTask(run.id))
      );
    },
    async taskRun(task: TaskRun): Promise<boolean> {
      const run = needsRun(filters) && task.flow_run_id ? await read.run(task.flow_run_id) : null;
      return (
        matchesTaskRun(filters.task_runs, task) &&
        (await viaFlowRun(task.flow_run_id)) &&
        (await viaFlow(run?.flow_id ?? null)) &&
        (await viaDeployment(run?.deployment_id ?? null)) &&
        (await viaPoolOfQueue(run?.work_queue_id ?? null)) &&
        (await viaQueue(run?.work_queue_id ?? null))
      );
    },
    /** Something that names the flow run and task run it is from: both must exist when a filter asks about them. */
    async ofRuns(row: { flow_run_id: string | null; task_run_id: string | null }): Promise<boolean> {
      if (filters.flow_runs || filters.flows || filters.deployments) {
        const run = row.flow_run_id ? await read.run(row.flow_run_id) : null;
        if (!run || !(await flowRunMatches(run))) return false;
        if (!(await viaFlow(run.flow_id)) || !(await viaDeployment(run.deployment_id))) return false;
      }
      if (!filters.task_runs) return true;
      const task = row.task_run_id ? await app.store.taskRuns.get(row.task_run_id) : null;
      return task !== null && matchesTaskRun(filters.task_runs, task.task);
    },
    async flow(flow: Flow): Promise<boolean> {
      if (!matchesFlow(filters.flows, flow, await hasDeployment(flow))) return false;
      if (!(await someRun('flow_id', flow.id))) return false;
      if (!filters.deployments && !filters.work_pools && !filters.work_pool_queues) return true;
      return some(
        app.store.deployments.ofFlow(flow.id),
        async (deployment) =>
          (await deploymentPasses(deployment)) &&
          (await viaPool(deployment.work_pool_id)) &&
          (await viaQueue(deployment.work_queue_id)),
      );
    },
    async deployment(deployment: Deployment): Promise<boolean> {
      return (
        (await deploymentPasses(deployment)) &&
        (await viaFlow(deployment.flow_id)) &&
        (await viaPool(deployment.work_pool_id)) &&
        (await viaQueue(deployment.work_queue_id)) &&
        (await someRun('deployment_id', deployment.id))
      );
    },
  };

  /** The runs, of those that are owned, to which these task runs belong. */
  async function* runsOfTasks(ids: readonly string[], owns: (run: FlowRun) => boolean) {
    for (const id of new Set(ids)) {
      const task = await read.task(id);
      const run = task?.flow_run_id ? await read.run(task.flow_run_id) : null;
      if (run && owns(run)) yield run;
    }
  }

  async function flowRunMatches(run: FlowRun): Promise<boolean> {
    return matchesFlowRun(filters.flow_runs, run, await parentMatches(run));
  }

  async function parentMatches(run: FlowRun): Promise<boolean | null> {
    const wanted = filters.flow_runs?.parent_flow_run_id?.any_;
    if (!wanted) return null;
    const parent = run.parent_task_run_id ? await app.store.taskRuns.get(run.parent_task_run_id) : null;
    return parent?.task.flow_run_id != null && wanted.includes(parent.task.flow_run_id);
  }
}

/** True when a task run's filter looks past its flow run. */
function needsRun(filters: FilterEnvelope): boolean {
  return Boolean(filters.flows || filters.deployments || filters.work_pools || filters.work_pool_queues);
}

function reader({ store }: App) {
  return {
    flow: once((id) => store.flows.get(id)),
    deployment: once((id) => store.deployments.get(id)),
    pool: once((id) => store.workPools.get(id)),
    queue: once((id) => store.workQueues.get(id)),
    task: once(async (id) => (await store.taskRuns.get(id))?.task ?? null),
    run: once(async (id) => (await store.flowRuns.getLive(id))?.run ?? null),
  };
}

async function some<Row>(
  rows: AsyncIterable<Row> | Iterable<Row>,
  matches: (row: Row) => boolean | Promise<boolean>,
): Promise<boolean> {
  for await (const row of rows) if (await matches(row)) return true;
  return false;
}

function once<T>(read: (id: string) => Promise<T>): (id: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (id) => {
    const hit = known.get(id) ?? read(id);
    known.set(id, hit);
    return hit;
  };
}
