import type { Artifact } from './artifact.ts';
import type { FlowRun } from './flow-run.ts';
import type { Json } from './json/json.ts';
import type { State, StateType } from './states.ts';
import type { TaskRun } from './task-run.ts';

interface Edge {
  id: string;
}

export interface GraphArtifact {
  id: string;
  created: string;
  key: string | null;
  type: string | null;
  is_latest: boolean;
  /** Only that of progress artifacts. */
  data: Json;
}

export interface GraphNode {
  kind: 'flow-run' | 'task-run';
  id: string;
  label: string;
  state_type: StateType | null;
  start_time: string;
  end_time: string | null;
  parents: Edge[];
  children: Edge[];
  encapsulating: Edge[];
  artifacts: GraphArtifact[];
}

export interface Graph {
  start_time: string | null;
  end_time: string | null;
  root_node_ids: string[];
  nodes: [string, GraphNode][];
  artifacts: GraphArtifact[];
  states: Pick<State, 'id' | 'timestamp' | 'type' | 'name'>[];
}

/** A task run with the subflow runs it tracks, in whose place they are drawn. */
export interface GraphTask {
  readonly task: TaskRun;
  readonly subflows: readonly { readonly run: FlowRun; readonly flowName: string }[];
}

export interface GraphInput {
  readonly run: FlowRun;
  readonly states: readonly State[];
  readonly tasks: readonly GraphTask[];
  /** Those of the flow run without results, oldest first. */
  readonly artifacts: readonly { readonly artifact: Artifact; readonly isLatest: boolean }[];
  /** Nodes that ended before are left out; edges to them stay. */
  readonly since: string | null;
}

/** The inputs under this key are the tasks a task ran within, not those it waited for. */
const ENCAPSULATING = '__parents__';

/**
 * Prefect's `graph-v2` (prefect-api 6.5; `server/database/query_components.py`): nodes by start, edges by the start of what
 * they lead to. An edge is named once, however many inputs came the same way.
 */
export function flowRunGraph({ run, states, tasks, artifacts, since }: GraphInput): Graph {
  const byTask = Map.groupBy(artifacts, ({ artifact }) => artifact.task_run_id);
  const drawn = tasks.flatMap((entry) => toNodes(entry, byTask.get(entry.task.id) ?? [])).sort(byStart);
  link(drawn);
  const nodes = drawn.map(({ node }) => node).filter(({ end_time: end }) => !since || end === null || end >= since);
  return {
    start_time: run.start_time ?? run.expected_start_time,
    end_time: run.end_time,
    root_node_ids: nodes.filter(({ parents }) => parents.length === 0).map(({ id }) => id),
    nodes: nodes.map((node) => [node.id, node]),
    artifacts: (byTask.get(null) ?? []).map(toGraphArtifact),
    states: states.map(({ id, timestamp, type, name }) => ({ id, timestamp, type, name })),
  };
}

interface Drawn {
  readonly node: GraphNode;
  readonly task: TaskRun;
}

/** A task run, or in its place the subflows it tracks; nothing while it has no time to be drawn at. */
function toNodes({ task, subflows }: GraphTask, artifacts: GraphInput['artifacts']): Drawn[] {
  const edges = () => ({ parents: [], children: [], encapsulating: [] });
  const taskEnd = task.end_time ?? (task.state_type === 'COMPLETED' ? task.expected_start_time : null);
  const taskStart = task.start_time ?? task.expected_start_time;
  const nodes: (Omit<GraphNode, 'start_time'> & { start_time: string | null })[] = subflows.map(
    ({ run, flowName }) => ({
      kind: 'flow-run',
      id: run.id,
      label: `${flowName} / ${run.name}`,
      state_type: run.state_type ?? task.state_type,
      start_time: run.start_time ?? run.expected_start_time ?? taskStart,
      end_time: run.end_time ?? taskEnd,
      ...edges(),
      artifacts: [],
    }),
  );
  if (subflows.length === 0) {
    nodes.push({
      kind: 'task-run',
      id: task.id,
      label: task.name,
      state_type: task.state_type,
      start_time: taskStart,
      end_time: taskEnd,
      ...edges(),
      artifacts: artifacts.map(toGraphArtifact),
    });
  }
  return nodes.flatMap((node) => (node.start_time === null ? [] : [{ node: node as GraphNode, task }]));
}

/** Draws the edges; nodes come by start, and so do each node's edges. */
function link(drawn: readonly Drawn[]): void {
  const place = new Map(drawn.map(({ node }, index) => [node.id, index]));
  const children = new Map<string, Set<string>>();
  const inOrder = (ids: Iterable<string>): Edge[] =>
    [...ids].sort((a, b) => place.get(a)! - place.get(b)!).map((id) => ({ id }));
  for (const { node, task } of drawn) {
    const [parents, encapsulating] = [new Set<string>(), new Set<string>()];
    for (const [key, inputs] of Object.entries(task.task_inputs)) {
      for (const id of inputs.map(taskRunOf)) {
        // Like Prefect, an input is found by the id of a node: a task that stands for a subflow is none.
        if (id === null || !place.has(id)) continue;
        if (key === ENCAPSULATING) encapsulating.add(id);
        else {
          parents.add(id);
          children.set(id, (children.get(id) ?? new Set()).add(node.id));
        }
      }
    }
    node.parents = inOrder(parents);
    node.encapsulating = inOrder(encapsulating);
  }
  for (const { node } of drawn) node.children = inOrder(children.get(node.id) ?? []);
}

/** The task run an input came from; null for constants and parameters. */
export function taskRunOf(input: Json): string | null {
  const { input_type, id } = (input ?? {}) as { input_type?: unknown; id?: unknown };
  return input_type === 'task_run' && typeof id === 'string' ? id : null;
}

function toGraphArtifact({ artifact, isLatest }: GraphInput['artifacts'][number]): GraphArtifact {
  const { id, created, key, type, data } = artifact;
  return { id, created, key, type, is_latest: isLatest, data: type === 'progress' ? data : null };
}

/** Open ends after those that ended. */
function byStart({ node: a }: Drawn, { node: b }: Drawn): number {
  const key = (node: GraphNode): string => `${node.start_time} ${node.end_time ?? '~'} ${node.id}`;
  return key(a) < key(b) ? -1 : 1;
}
