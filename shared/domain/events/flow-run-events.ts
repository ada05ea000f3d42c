import type { Deployment } from '../deployment.ts';
import type { Flow } from '../flow.ts';
import type { FlowRun } from '../flow-run.ts';
import type { JsonObject } from '../json/json.ts';
import { truncatedTo } from '../json/python-text.ts';
import type { State } from '../states.ts';
import { secondsBetween } from '../utc.ts';
import type { Event, Resource } from './event.ts';

/** What a state-change event says about the run's surroundings; null where there is none. */
export interface FlowRunSurroundings {
  readonly flow: Pick<Flow, 'id' | 'name' | 'tags'> | null;
  readonly deployment: Pick<Deployment, 'id' | 'name' | 'tags'> | null;
  readonly queue: { readonly id: string; readonly name: string } | null;
  readonly pool: { readonly id: string; readonly name: string; readonly type: string } | null;
  /** The tracking task run of a subflow. */
  readonly parentTaskRun?: { readonly id: string; readonly name: string; readonly tags: readonly string[] } | null;
}

/** Prefect cuts state messages in events at this length. */
const MESSAGE_LENGTH = 100_000;
/** Closer changes are linked by `follows`, so that readers can order them. */
const TIGHT_SECONDS = 300;

/**
 * The event of a flow run's state change (prefect-api 4.9): its id is the state's id, so that publishing it twice makes one
 * event. `run` is the run with the new state. Follows Prefect's `flow_run_state_change_event`.
 */
export function flowRunStateEvent(
  input: FlowRunSurroundings & { readonly run: FlowRun; readonly initial: State | null; readonly state: State },
): Event {
  const { run, initial, state } = input;
  return {
    id: state.id,
    occurred: state.timestamp,
    event: `prefect.flow-run.${state.name}`,
    resource: {
      'prefect.resource.id': `prefect.flow-run.${run.id}`,
      'prefect.resource.name': run.name,
      'prefect.run-count': String(run.run_count),
      'prefect.state-message': truncatedTo(MESSAGE_LENGTH, state.message ?? ''),
      'prefect.state-name': state.name,
      'prefect.state-timestamp': state.timestamp.replace('Z', '+00:00'),
      'prefect.state-type': state.type,
    },
    related: relatedResources(input),
    payload: {
      intended: { from: initial?.type ?? null, to: state.type },
      initial_state: initial && statePayload(initial),
      validated_state: statePayload(state),
    },
    follows:
      initial && Math.abs(secondsBetween(initial.timestamp, state.timestamp)) < TIGHT_SECONDS ? initial.id : null,
  };
}

function relatedResources(input: FlowRunSurroundings & { readonly run: FlowRun }): Resource[] {
  const { run, flow, deployment, queue, pool, parentTaskRun } = input;
  const tags = [run, flow, deployment, parentTaskRun].flatMap((entity) => entity?.tags ?? []);
  const resources = [
    resource('flow', flow),
    resource('deployment', deployment),
    resource('work-queue', queue),
    resource('work-pool', pool, pool ? { 'prefect.work-pool.type': pool.type } : {}),
    resource('task-run', parentTaskRun ?? null),
    ...[...new Set(tags)].sort().map((tag) => ({
      'prefect.resource.id': `prefect.tag.${tag}`,
      'prefect.resource.role': 'tag',
    })),
    creator(run),
  ];
  return resources.filter((entry) => entry !== null);
}

function resource(
  kind: string,
  entity: { readonly id: string; readonly name: string } | null,
  labels: Record<string, string> = {},
): Resource | null {
  return (
    entity && {
      'prefect.resource.id': `prefect.${kind}.${entity.id}`,
      'prefect.resource.role': kind,
      'prefect.resource.name': entity.name,
      ...labels,
    }
  );
}

function creator({ created_by: by }: FlowRun): Resource | null {
  const kind = by?.type === 'DEPLOYMENT' ? 'deployment' : by?.type === 'AUTOMATION' ? 'automation' : null;
  if (!by || !kind) return null;
  return {
    'prefect.resource.id': `prefect.${kind}.${by.id}`,
    'prefect.resource.role': 'creator',
    ...(by.display_value && { 'prefect.resource.name': by.display_value }),
  };
}

function statePayload(state: State): JsonObject {
  return {
    type: state.type,
    name: state.name,
    ...(state.message && { message: truncatedTo(MESSAGE_LENGTH, state.message) }),
    ...(state.type === 'PAUSED' && { pause_reschedule: String(state.state_details.pause_reschedule) }),
  };
}
