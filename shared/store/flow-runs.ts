import type { FlowRun } from '../domain/flow-run.ts';
import type { FlowRunDocument } from '../domain/flow-run-life.ts';
import type { StateType } from '../domain/states.ts';
import { Collection } from './collection.ts';
import type { Key } from './key.ts';
import { idOf, keys, LIST_SHARDS, shardOf, timeSort } from './keys.ts';
import { type ListOrder, mergedIds } from './merged-list.ts';
import type { IndexKeys, IndexName, ItemWrite, StoredItem, Table } from './table.ts';

/** Flow runs: one item each with state history and life; unique by flow and idempotency key; lists by time, owner and state. */
export class FlowRunRepository extends Collection<FlowRunDocument> {
  constructor(table: Table) {
    super(table, {
      kind: 'flowRun',
      uniqueName,
      indexes: places,
      withId: (doc, id) => ({ ...doc, id, run: { ...doc.run, id } }),
    });
  }

  /** The write of a document, marked while it owes effects. */
  override write(doc: FlowRunDocument): ItemWrite<FlowRunDocument> {
    return { ...super.write(doc), pending: doc.life.pending.length > 0 };
  }

  /** Null for deleted runs whose clean-up is still under way. */
  async getLive(id: string): Promise<FlowRunDocument | null> {
    const doc = await this.get(id);
    return doc && !doc.life.tombstone ? doc : null;
  }

  /** The run of a flow that was made with an idempotency key; null when there is none. */
  async getByIdempotencyKey(flowId: string, idempotencyKey: string): Promise<FlowRunDocument | null> {
    return this.getByName(`${flowId}#${idempotencyKey}`);
  }

  /** Writes over what was read; throws `ConflictError` when somebody wrote since. */
  async replace(read: StoredItem<FlowRunDocument>, doc: FlowRunDocument): Promise<StoredItem<FlowRunDocument>> {
    return this.table.replace(read, this.write(doc));
  }

  ofDeployment(id: string, order: ListOrder = {}): AsyncGenerator<FlowRunDocument> {
    return this.#merged('ix2', [keys.runsOfDeployment(id)], order);
  }

  ofFlow(id: string, order: ListOrder = {}): AsyncGenerator<FlowRunDocument> {
    return this.#merged('ix3', [keys.runsOfFlow(id)], order);
  }

  ofParentTask(taskRunId: string): AsyncGenerator<FlowRunDocument> {
    return this.#merged('ix4', [keys.runsOfParentTask(taskRunId)], {});
  }

  /** By expected start, over all runs. */
  byTime(order: ListOrder): AsyncGenerator<FlowRunDocument> {
    return this.#merged('ix1', shards(keys.runsByTime), order);
  }

  byState(type: StateType, order: ListOrder): AsyncGenerator<FlowRunDocument> {
    return this.#merged(
      'ix6',
      shards((shard) => keys.runsByState(type, shard)),
      order,
    );
  }

  /** In the order of creation: ids are UUIDv7. */
  byId(order: ListOrder): AsyncGenerator<FlowRunDocument> {
    return this.#merged('ix7', shards(keys.runsById), order);
  }

  /** Scheduled runs of a work queue that are due before a time, soonest first. */
  async scheduledInQueue(queueId: string, before: string, limit: number): Promise<FlowRunDocument[]> {
    const page = await this.table.list({ index: 'ix5', pk: keys.runsOfQueue(queueId), to: `${before}~`, limit });
    const docs = await this.getMany(page.items.map((item) => idOf(item.key)));
    return docs.filter((doc) => doc.run.state_type === 'SCHEDULED' && !doc.life.tombstone);
  }

  /** All scheduled runs of a work queue that are due, soonest first. */
  waitingInQueue(queueId: string, before: string): AsyncGenerator<FlowRunDocument> {
    return this.#merged('ix5', [keys.runsOfQueue(queueId)], { to: before });
  }

  /** Runs of a work queue that occupy a slot of it: Pending or Running. */
  activeInQueue(queueId: string, order: ListOrder = {}): AsyncGenerator<FlowRunDocument> {
    return this.#merged('ix5', [keys.activeRunsOfQueue(queueId)], order);
  }

  /** How many these are; reads keys alone. */
  async countActiveInQueue(queueId: string): Promise<number> {
    let count = 0;
    for await (const ids of mergedIds(this.table, 'ix5', [keys.activeRunsOfQueue(queueId)], { batch: 1000 })) {
      count += ids.length;
    }
    return count;
  }

  async *#merged(index: IndexName, partitions: string[], order: ListOrder): AsyncGenerator<FlowRunDocument> {
    for await (const ids of mergedIds(this.table, index, partitions, order)) {
      for (const doc of await this.getMany(ids)) if (!doc.life.tombstone) yield doc;
    }
  }
}

export function flowRunRepository(table: Table): FlowRunRepository {
  return new FlowRunRepository(table);
}

function uniqueName({ run }: FlowRunDocument): string | null {
  return run.idempotency_key === null ? null : `${run.flow_id}#${run.idempotency_key}`;
}

/** A tombstone is listed nowhere. */
function places({ id, run, life }: FlowRunDocument): IndexKeys {
  if (life.tombstone) return {};
  const sk = timeSort(run.expected_start_time, id);
  const shard = shardOf(id);
  return {
    ix1: { pk: keys.runsByTime(shard), sk },
    ix2: run.deployment_id ? { pk: keys.runsOfDeployment(run.deployment_id), sk } : null,
    ix3: { pk: keys.runsOfFlow(run.flow_id), sk },
    ix4: run.parent_task_run_id ? { pk: keys.runsOfParentTask(run.parent_task_run_id), sk } : null,
    ix5: placeInQueue(run),
    ix6: run.state_type ? { pk: keys.runsByState(run.state_type, shard), sk } : null,
    ix7: { pk: keys.runsById(shard), sk: id },
  };
}

/** What waits for a queue is listed by when it is due, what occupies its slots by when it was expected. */
function placeInQueue({ id, work_queue_id, state_type, ...run }: FlowRun): Key | null {
  if (work_queue_id === null) return null;
  if (state_type === 'SCHEDULED') {
    return { pk: keys.runsOfQueue(work_queue_id), sk: timeSort(run.next_scheduled_start_time, id) };
  }
  const active = state_type === 'PENDING' || state_type === 'RUNNING';
  return active ? { pk: keys.activeRunsOfQueue(work_queue_id), sk: timeSort(run.expected_start_time, id) } : null;
}

const shards = (key: (shard: number) => string): string[] =>
  Array.from({ length: LIST_SHARDS }, (_, shard) => key(shard));
