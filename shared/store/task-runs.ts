import { createHash } from 'node:crypto';
import { isTerminal, type StateType, TERMINAL_STATE_TYPES } from '../domain/states.ts';
import type { TaskRun } from '../domain/task-run.ts';
import type { TaskRunDocument } from '../domain/task-run-document.ts';
import { countedPart, taskRunLabel } from '../domain/task-run-label.ts';
import { Collection } from './collection.ts';
import type { Key } from './key.ts';
import { keys, LIST_SHARDS, shardOf, timeSort } from './keys.ts';
import { type ListOrder, mergedIds } from './merged-list.ts';
import type { IndexName } from './range.ts';
import type { ItemWrite, Table } from './table.ts';
import type { TalliedList } from './tallies.ts';

/** Longer natural keys are hashed: a DynamoDB key ends at 2 KB, and clients choose these texts. */
const PLAIN_NAME_LENGTH = 400;

/** Task runs: one item each with its states; unique by flow run, task key and dynamic key; lists by run, time and id. */
export class TaskRunRepository extends Collection<TaskRunDocument> {
  constructor(table: Table) {
    super(table, {
      kind: 'taskRun',
      uniqueName: ({ task }) => naturalKey(task),
      indexes: ({ id, task }) => {
        const sk = timeSort(task.expected_start_time, id);
        return {
          ix1: { pk: keys.tasksByTime(shardOf(id)), sk },
          ix6: endedPlace({ id, task }) ?? { pk: keys.liveTasks(shardOf(id)), sk },
          ix2: task.flow_run_id ? { pk: keys.tasksOfRun(task.flow_run_id), sk: `${sk}${markOf(task)}` } : null,
          ix7: { pk: keys.tasksById(shardOf(id)), sk: id },
        };
      },
      tallied: (doc) => {
        const place = endedPlace(doc);
        return place ? [{ list: taskRunTally.name, sort: place.sk }] : [];
      },
    });
  }

  /** A document that took the id of a half-made predecessor carries it throughout. */
  override write(doc: TaskRunDocument): ItemWrite<TaskRunDocument> {
    if (doc.task.id === doc.id) return super.write(doc);
    return super.write({ ...doc, task: { ...doc.task, id: doc.id } });
  }

  /** The one task run with this natural key. */
  async getByNaturalKey(key: NaturalKey): Promise<TaskRunDocument | null> {
    return this.getByName(naturalKey(key));
  }

  /** Task runs of a flow run with their history, by expected start. */
  documentsOfFlowRun(flowRunId: string): AsyncGenerator<TaskRunDocument> {
    return this.#documents('ix2', [keys.tasksOfRun(flowRunId)], { batch: 100 });
  }

  /** The same without their history. */
  async *ofFlowRun(flowRunId: string): AsyncGenerator<TaskRun> {
    for await (const doc of this.documentsOfFlowRun(flowRunId)) yield doc.task;
  }

  /** How many task runs a flow run has; of those that track subflows all, none, or these alone. Reads keys only. */
  async countOfFlowRun(flowRunId: string, subflows: 'too' | 'not' | 'alone' = 'not'): Promise<number> {
    let count = 0;
    for await (const sorts of this.table.sortKeys({ index: 'ix2', pk: keys.tasksOfRun(flowRunId) })) {
      const tracking = sorts.filter((sort) => sort.endsWith(SUBFLOW)).length;
      count += { too: sorts.length, not: sorts.length - tracking, alone: tracking }[subflows];
    }
    return count;
  }

  /** All task runs by expected start. */
  byTime(order: ListOrder): AsyncGenerator<TaskRunDocument> {
    return this.#documents('ix1', shards(keys.tasksByTime), order);
  }

  byId(order: ListOrder): AsyncGenerator<TaskRunDocument> {
    return this.#documents('ix7', shards(keys.tasksById), order);
  }

  /** Those that have not ended, by expected start: as many as stand now. */
  live(): AsyncGenerator<TaskRunDocument> {
    return this.#documents('ix6', shards(keys.liveTasks), { batch: 100 });
  }

  /** Those that ended in some states, by start, or expected start of those that never started. */
  ended(types: readonly StateType[], order: ListOrder): AsyncGenerator<TaskRunDocument> {
    return this.#documents('ix6', endedPartitions(types), order);
  }

  /** The sort keys of the same, in no order. Reads keys only. */
  async endedPlaces(types: readonly StateType[], { from, to }: Pick<ListOrder, 'from' | 'to'>): Promise<string[]> {
    const places: string[] = [];
    const read = async (pk: string) => {
      const range = { ...(from !== undefined && { from }), ...(to !== undefined && { to: `${to}~` }) };
      for await (const sorts of this.table.sortKeys({ index: 'ix6', pk, ...range })) places.push(...sorts);
    };
    await Promise.all(endedPartitions(types).map(read));
    return places;
  }

  async *#documents(index: IndexName, partitions: string[], order: ListOrder): AsyncGenerator<TaskRunDocument> {
    for await (const ids of mergedIds(this.table, index, partitions, order)) yield* await this.getMany(ids);
  }
}

/** The task runs that have ended, as they are counted. */
export const taskRunTally: TalliedList = {
  name: 'TASKS',
  index: 'ix6',
  partitions: endedPartitions([...TERMINAL_STATE_TYPES]),
  counted: countedPart,
};

function endedPlace({ id, task }: Pick<TaskRunDocument, 'id' | 'task'>): Key | null {
  if (task.state_type === null || !isTerminal(task.state_type)) return null;
  const sk = timeSort(task.start_time ?? task.expected_start_time, id);
  return { pk: keys.endedTasks(task.state_type, shardOf(id)), sk: `${sk}#${taskRunLabel(task)}` };
}

function endedPartitions(types: readonly StateType[]): string[] {
  return [...new Set(types)].flatMap((type) => shards((shard) => keys.endedTasks(type, shard)));
}

export interface NaturalKey {
  readonly flow_run_id: string | null;
  readonly task_key: string;
  readonly dynamic_key: string;
}

export function taskRunRepository(table: Table): TaskRunRepository {
  return new TaskRunRepository(table);
}

function naturalKey({ flow_run_id, task_key, dynamic_key }: NaturalKey): string {
  const name = `${flow_run_id ?? '-'}#${JSON.stringify([task_key, dynamic_key])}`;
  if (name.length <= PLAIN_NAME_LENGTH) return name;
  return `${flow_run_id ?? '-'}#sha256:${createHash('sha256').update(name).digest('hex')}`;
}

/** Told apart in the list of a flow run by the end of the sort key, so that counting reads keys alone. */
const SUBFLOW = '#subflow';
const markOf = (task: TaskRun): string => (task.state?.state_details.child_flow_run_id ? SUBFLOW : '');

function shards(key: (shard: number) => string): string[] {
  return Array.from({ length: LIST_SHARDS }, (_, shard) => key(shard));
}
