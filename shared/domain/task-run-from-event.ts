import { type Event, objectId, resourceRole } from './events/event.ts';
import { isJsonObject, type Json, type JsonObject } from './json/json.ts';
import { makeState, STATE_TYPES, type State, type StateDetails, type StateType } from './states.ts';
import { DEFAULT_TASK_RUN_POLICY, type TaskRun } from './task-run.ts';
import {
  RECORDED_FIELDS,
  type RecordedField,
  type TaskRunDocument,
  withoutSynthetic,
  withState,
} from './task-run-document.ts';
import { toUtc } from './utc.ts';

/** What an event says about a task run: who it is, its new state, and the fields present. */
export interface TaskRunRecord {
  readonly id: string;
  readonly flowRunId: string | null;
  readonly taskKey: string;
  readonly dynamicKey: string;
  readonly state: State;
  readonly fields: Partial<TaskRun>;
}

/** True for the events that clients send about the task runs they orchestrate (prefect-api 1.2). */
export function isTaskRunEvent(event: Event): boolean {
  return event.event.startsWith('prefect.task-run') && event.resource['prefect.orchestration'] === 'client';
}

/** Reads a task-run event; null when it lacks what makes a task run (id, keys, a state). Follows Prefect's `task_run_from_event`. */
export function readTaskRunEvent(event: Event): TaskRunRecord | null {
  const id = objectId(event.resource, 'prefect.task-run');
  const { task_run: taskRun, validated_state: validated } = event.payload;
  if (!id || !isJsonObject(taskRun) || !isJsonObject(validated)) return null;
  const { task_key: taskKey, dynamic_key: dynamicKey } = taskRun;
  if (typeof taskKey !== 'string' || typeof dynamicKey !== 'string' || !isStateType(validated['type'])) return null;
  const related = event.related.find((resource) => resourceRole(resource) === 'flow-run');
  const flowRunId = objectId(related, 'prefect.flow-run');
  const details = isJsonObject(validated['state_details']) ? validated['state_details'] : {};
  const state = makeState(
    {
      type: validated['type'],
      name: text(validated['name']),
      message: text(validated['message']),
      data: validated['data'] ?? null,
      state_details: { ...(details as Partial<StateDetails>), task_run_id: id, flow_run_id: flowRunId },
    },
    event.id,
    event.occurred,
  );
  return { id, flowRunId, taskKey, dynamicKey, state, fields: readFields(taskRun) };
}

/** The document that the first event of a task run makes. `now` is when it is recorded. */
export function taskRunFromEvent(record: TaskRunRecord, now: string): TaskRunDocument {
  const task: TaskRun = {
    ...BLANK,
    ...record.fields,
    id: record.id,
    created: now,
    updated: now,
    flow_run_id: record.flowRunId,
    task_key: record.taskKey,
    dynamic_key: record.dynamicKey,
    ...stateFields(record.state),
  };
  const missing = RECORDED_FIELDS.filter((field) => !(field in record.fields));
  return {
    id: record.id,
    task,
    states: [record.state],
    lagging: Object.fromEntries(missing.map((field) => [field, ''])),
    synthetic: null,
  };
}

/**
 * Adds an event to a task run: its state enters the history once, the run follows the latest state, whatever the order of
 * arrival; of equal timestamps the smaller id stands. A made-up state gives way to any event that brings something new
 * (rule 23). Returns the same document when there is nothing new. May be repeated.
 */
export function recordTaskRunEvent(stored: TaskRunDocument, record: TaskRunRecord, now: string): TaskRunDocument {
  if (stored.states.some((known) => known.id === record.state.id)) return stored;
  const doc = withoutSynthetic(stored);
  const state: State = {
    ...record.state,
    state_details: { ...record.state.state_details, task_run_id: doc.id },
  };
  const [version, present] = [versionOf(state), presentVersion(doc.task)];
  const latest = isNewer(version, present) ? version : present;
  const task: TaskRun = { ...doc.task, updated: now, ...(latest === version && stateFields(state)) };
  const lagging: Partial<Record<RecordedField, string>> = {};
  for (const field of RECORDED_FIELDS) {
    let from = doc.lagging[field] ?? present;
    if (field in record.fields && isNewer(version, from)) {
      Object.assign(task, { [field]: record.fields[field] });
      from = version;
    }
    if (from !== latest) lagging[field] = from;
  }
  return { ...doc, task, states: withState(doc.states, state), lagging };
}

/** Which event something is from: its time and its id. */
const versionOf = (state: Pick<State, 'timestamp' | 'id'>): string => `${state.timestamp}#${state.id}`;

const presentVersion = (task: TaskRun): string =>
  task.state_timestamp === null ? '' : versionOf({ timestamp: task.state_timestamp, id: task.state_id ?? '' });

/** Later by time; at the same time the smaller id stands, so that the order of arrival never matters. */
function isNewer(version: string, than: string): boolean {
  const [time = '', id = ''] = version.split('#');
  const [thanTime = '', thanId = ''] = than.split('#');
  return time === thanTime ? id < thanId : time > thanTime;
}

/** The columns that mirror the present state. */
export function stateFields(
  state: State,
): Pick<TaskRun, 'state_id' | 'state_type' | 'state_name' | 'state_timestamp' | 'state'> {
  return {
    state_id: state.id,
    state_type: state.type,
    state_name: state.name,
    state_timestamp: state.timestamp,
    state,
  };
}

/** Fields of a new task run before anything is known of it. */
export const BLANK: Omit<TaskRun, 'id' | 'created' | 'updated' | 'task_key' | 'dynamic_key'> = {
  name: '',
  flow_run_id: null,
  cache_key: null,
  cache_expiration: null,
  task_version: null,
  empirical_policy: DEFAULT_TASK_RUN_POLICY,
  tags: [],
  labels: {},
  state_id: null,
  task_inputs: {},
  state_type: null,
  state_name: null,
  state_timestamp: null,
  run_count: 0,
  flow_run_run_count: 0,
  expected_start_time: null,
  next_scheduled_start_time: null,
  start_time: null,
  end_time: null,
  total_run_time: 0,
  state: null,
};

type Reader = (value: Json) => unknown;
const text: Reader & ((value: Json | undefined) => string | null) = (value) =>
  typeof value === 'string' ? value : null;
const time: Reader = (value) => (typeof value === 'string' ? (toUtc(value) ?? undefined) : undefined);
const number: Reader = (value) => (typeof value === 'number' ? value : undefined);
const strings: Reader = (value) =>
  Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
const object: Reader = (value) => (isJsonObject(value) ? value : undefined);
const policy: Reader = (value) => (isJsonObject(value) ? { ...DEFAULT_TASK_RUN_POLICY, ...value } : undefined);

const READERS: Record<RecordedField, Reader> = {
  name: (value) => text(value) ?? undefined,
  cache_key: text,
  cache_expiration: (value) => (value === null ? null : time(value)),
  task_version: text,
  empirical_policy: policy,
  tags: strings,
  labels: object,
  task_inputs: object,
  run_count: number,
  flow_run_run_count: number,
  expected_start_time: time,
  next_scheduled_start_time: (value) => (value === null ? null : time(value)),
  start_time: (value) => (value === null ? null : time(value)),
  end_time: (value) => (value === null ? null : time(value)),
  total_run_time: number,
};

/** The fields that are present and have the right kind of value; others are left as they are. */
function readFields(given: JsonObject): Partial<TaskRun> {
  const fields: Record<string, unknown> = {};
  for (const field of RECORDED_FIELDS) {
    const value = given[field];
    const read = value === undefined ? undefined : READERS[field](value);
    if (read !== undefined) fields[field] = read;
  }
  return fields as Partial<TaskRun>;
}

function isStateType(value: Json | undefined): value is StateType {
  return (STATE_TYPES as readonly (Json | undefined)[]).includes(value);
}
