import { ClientError } from '../../domain/errors.ts';
import { flowRunGraph, type Graph, type GraphInput, type GraphTask, taskRunOf } from '../../domain/flow-run-graph.ts';
import type { FlowRunDocument } from '../../domain/flow-run-life.ts';
import type { State } from '../../domain/states.ts';
import type { TaskRun } from '../../domain/task-run.ts';
import type { App } from '../app.ts';
import { readRemembered } from '../events/remembered.ts';
import { inBatches, takeFirst } from '../lists/filtering.ts';
import { type TaskRunResponse, taskRunResponse } from '../task-runs/task-run-response.ts';

/** Prefect's defaults for a graph's size (`PREFECT_API_MAX_FLOW_RUN_GRAPH_NODES`, `…_ARTIFACTS`). */
const MOST_NODES = 10_000;
const MOST_ARTIFACTS = 10_000;

/** The graph of a run's tasks and subflows. Throws 404, and 400 for one of more than 10,000 nodes. */
export async function readFlowRunGraph(app: App, id: string, since: string | null): Promise<Graph> {
  const doc = await liveRun(app, id, `Flow run ${id} not found`);
  const tasks = await takeFirst(app.store.taskRuns.ofFlowRun(id), MOST_NODES + 1);
  const graph = flowRunGraph({
    run: doc.run,
    states: doc.states,
    tasks: await Promise.all(tasks.map((task) => withSubflows(app, task))),
    artifacts: await artifactsOf(app, id),
    since,
  });
  if (graph.nodes.length > MOST_NODES) {
    throw new ClientError('malformed', `The graph of flow run ${id} has more than ${MOST_NODES} nodes.`);
  }
  return graph;
}

export interface TaskRunDependency
  extends Pick<
    TaskRunResponse,
    | 'id'
    | 'name'
    | 'state'
    | 'expected_start_time'
    | 'start_time'
    | 'end_time'
    | 'total_run_time'
    | 'estimated_run_time'
  > {
  upstream_dependencies: { input_type: 'task_run'; id: string }[];
  untrackable_result: boolean;
}

/** Prefect's first graph: each task run with those it took results from. Throws 404. */
export async function readTaskRunDependencies(app: App, id: string): Promise<TaskRunDependency[]> {
  await liveRun(app, id, `Flow run with id ${id} not found`);
  const now = app.clock.now();
  const tasks = await takeFirst(app.store.taskRuns.ofFlowRun(id), MOST_NODES);
  return tasks.map((task) => dependency(taskRunResponse(task, now)));
}

function dependency(task: TaskRunResponse): TaskRunDependency {
  const { id, name, state, expected_start_time, start_time, end_time, total_run_time, estimated_run_time } = task;
  const upstream = new Set(Object.values(task.task_inputs).flat().map(taskRunOf));
  return {
    id,
    name,
    upstream_dependencies: [...upstream]
      .filter((from) => from !== null)
      .map((from) => ({ input_type: 'task_run', id: from })),
    state: state as State | null,
    ...{ expected_start_time, start_time, end_time, total_run_time, estimated_run_time },
    untrackable_result: state?.state_details.untrackable_result ?? false,
  };
}

/** The runs that a tracking task stands for; a task without a mirrored state tracks none, and costs no read. */
async function withSubflows(app: App, task: TaskRun): Promise<GraphTask> {
  if (!task.state?.state_details.child_flow_run_id) return { task, subflows: [] };
  const subflows: GraphTask['subflows'][number][] = [];
  for await (const { run } of app.store.flowRuns.ofParentTask(task.id)) {
    const flow = await readRemembered(app, 'flows', run.flow_id);
    subflows.push({ run, flowName: flow?.name ?? '' });
  }
  return { task, subflows };
}

async function artifactsOf(app: App, flowRunId: string): Promise<GraphInput['artifacts']> {
  const drawn: GraphInput['artifacts'][number][] = [];
  for await (const batch of inBatches(app.store.artifacts.ofFlowRuns([flowRunId], {}))) {
    for (const artifact of batch) {
      if (artifact.type === null || artifact.type === 'result') continue;
      const row = artifact.key === null ? null : await app.store.artifactKeys.getByName(artifact.key);
      drawn.push({ artifact, isLatest: artifact.key === null || row?.latest_id === artifact.id });
      if (drawn.length === MOST_ARTIFACTS) return drawn;
    }
  }
  return drawn;
}

async function liveRun(app: App, id: string, message: string): Promise<FlowRunDocument> {
  const doc = await app.store.flowRuns.getLive(id);
  if (!doc) throw new ClientError('not-found', message, { details: { exception: true } });
  return doc;
}
