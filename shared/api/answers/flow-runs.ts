import * as z from 'zod/mini';
import { ofRun, state, stateType, timesOfRun } from './states.ts';
import {
  actor,
  entity,
  flag,
  id,
  json,
  labels,
  maybeCount,
  maybeId,
  maybeObject,
  maybeText,
  maybeTime,
  number,
  object,
  tags,
  text,
  time,
  count as wholeNumber,
} from './values.ts';

const flowRunPolicy = z.strictObject({
  max_retries: wholeNumber,
  retry_delay_seconds: number,
  retries: maybeCount,
  retry_delay: maybeCount,
  pause_keys: z.nullable(z.array(z.string())),
  resuming: z.nullable(flag),
  retry_type: z.nullable(z.enum(['in_process', 'reschedule'])),
});

const own = {
  ...entity,
  name: text,
  flow_id: id,
  ...ofRun,
  deployment_id: maybeId,
  deployment_version: maybeText,
  work_queue_id: maybeId,
  work_queue_name: maybeText,
  flow_version: maybeText,
  parameters: object,
  idempotency_key: maybeText,
  context: object,
  empirical_policy: flowRunPolicy,
  tags,
  labels,
  parent_task_run_id: maybeId,
  ...timesOfRun,
  auto_scheduled: flag,
  infrastructure_document_id: maybeId,
  infrastructure_pid: maybeText,
  created_by: actor,
  job_variables: maybeObject,
};

export const flowRun = z.strictObject({ ...own, work_pool_id: maybeId, work_pool_name: maybeText });

/** What a worker is given to run. */
export const workerFlowRun = z.strictObject({ work_pool_id: id, work_queue_id: id, flow_run: flowRun });

export const createdFlowRuns = z.strictObject({
  results: z.array(z.strictObject({ flow_run_id: maybeId, status: z.enum(['CREATED', 'FAILED']), error: maybeText })),
});

export const flowRunInput = z.strictObject({ ...entity, flow_run_id: id, key: text, value: text, sender: maybeText });

/** The run of a task as the first form of the graph has it. */
export const dependency = z.strictObject({
  id,
  name: text,
  upstream_dependencies: z.array(z.strictObject({ input_type: z.literal('task_run'), id })),
  state: z.nullable(state),
  expected_start_time: maybeTime,
  start_time: maybeTime,
  end_time: maybeTime,
  total_run_time: z.nullable(number),
  estimated_run_time: z.nullable(number),
  untrackable_result: flag,
});

const artifactOfGraph = z.strictObject({
  id,
  created: time,
  key: maybeText,
  type: maybeText,
  is_latest: flag,
  data: json,
});
const edges = z.array(z.strictObject({ id }));
const node = z.strictObject({
  kind: z.enum(['flow-run', 'task-run']),
  id,
  label: text,
  state_type: stateType,
  start_time: time,
  end_time: maybeTime,
  parents: edges,
  children: edges,
  encapsulating: edges,
  artifacts: z.array(artifactOfGraph),
});

export const graph = z.strictObject({
  start_time: maybeTime,
  end_time: maybeTime,
  root_node_ids: z.array(id),
  nodes: z.array(z.tuple([id, node])),
  artifacts: z.array(artifactOfGraph),
  states: z.array(z.strictObject({ id, timestamp: time, type: stateType, name: text })),
});
