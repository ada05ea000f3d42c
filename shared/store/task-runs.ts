import { createHash } from 'node:crypto';
import type { TaskRun } from '../domain/task-run.ts';
import type { TaskRunDocument } from '../domain/task-run-document.ts';
import { Collection } from './collection.ts';
import { keys, LIST_SHARDS, shardOf, timeSort } from './keys.ts';
import { type ListOrder, mergedIds } from './merged-list.ts';
import type { IndexName } from './range.ts';
import type { ItemWrite, Table } from './table.ts';

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
          ix2: task.flow_run_id ? { pk: keys.tasksOfRun(task.flow_run_id), sk: `${sk}${markOf(task)}` } : null,
          ix7: { pk: keys.tasksById(shardOf(id)), sk: id },
        };
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

  /** How many task runs a flow run has, those that track subflows left out. Reads keys only. */
  async countOfFlowRun(flowRunId: string): Promise<number> {
    let count = 0;
    for await (const sorts of this.table.sortKeys({ index: 'ix2', pk: keys.tasksOfRun(flowRunId) })) {
      count += sorts.filter((sort) => !sort.endsWith(SUBFLOW)).length;
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

  async *#documents(index: IndexName, partitions: string[], order: ListOrder): AsyncGenerator<TaskRunDocument> {
    for await (const ids of mergedIds(this.table, index, partitions, order)) yield* await this.getMany(ids);
  }
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

const shards = (key: (shard: number) => string): string[] =>
  Array.from({ length: LIST_SHARDS }, (_, shard) => key(shard));
