import type { FlowRunDocument } from '../domain/flow-run-life.ts';
import type { StateType } from '../domain/states.ts';
import { Collection } from './collection.ts';
import { idOf, keys, LIST_SHARDS, shardOf, timeSort } from './keys.ts';
import type { IndexKeys, IndexName, ItemWrite, StoredItem, Table } from './table.ts';

/** Flow runs: one item each with state history and life; unique by flow and idempotency key; lists by time, owner and state. */
export class FlowRunRepository extends Collection<FlowRunDocument> {
  constructor(table: Table) {
    super(table, { kind: 'flowRun', uniqueName, indexes: places });
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

  /** Writes over what was read; throws `ConflictError` when somebody wrote since. */
  async replace(read: StoredItem<FlowRunDocument>, doc: FlowRunDocument): Promise<StoredItem<FlowRunDocument>> {
    return this.table.replace(read, this.write(doc));
  }

  ofDeployment(id: string, order: Order = {}): AsyncGenerator<FlowRunDocument> {
    return this.#merged('ix2', [keys.runsOfDeployment(id)], order);
  }

  ofFlow(id: string, order: Order = {}): AsyncGenerator<FlowRunDocument> {
    return this.#merged('ix3', [keys.runsOfFlow(id)], order);
  }

  ofParentTask(taskRunId: string): AsyncGenerator<FlowRunDocument> {
    return this.#merged('ix4', [keys.runsOfParentTask(taskRunId)], {});
  }

  /** By expected start, over all runs. */
  byTime(order: Order): AsyncGenerator<FlowRunDocument> {
    return this.#merged('ix1', shards(keys.runsByTime), order);
  }

  byState(type: StateType, order: Order): AsyncGenerator<FlowRunDocument> {
    return this.#merged(
      'ix6',
      shards((shard) => keys.runsByState(type, shard)),
      order,
    );
  }

  /** In the order of creation: ids are UUIDv7. */
  byId(order: Order): AsyncGenerator<FlowRunDocument> {
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

  /** Several ordered lists as one; reads each a page at a time and no further than the consumer asks. */
  async *#merged(index: IndexName, partitions: string[], order: Order): AsyncGenerator<FlowRunDocument> {
    const heads = partitions.map((pk) => this.#keysOf(index, pk, order));
    const next = await Promise.all(heads.map((head) => head.next()));
    for (;;) {
      const batch: string[] = [];
      while (batch.length < (order.batch ?? 50)) {
        let best = -1;
        for (const [place, head] of next.entries()) {
          if (head.done) continue;
          const current = next[best];
          if (!current || current.done || before(head.value.sort, current.value.sort, order.descending)) best = place;
        }
        const chosen = next[best];
        if (!chosen || chosen.done) break;
        batch.push(chosen.value.id);
        next[best] = await heads[best]!.next();
      }
      if (batch.length === 0) return;
      for (const doc of await this.getMany(batch)) if (!doc.life.tombstone) yield doc;
    }
  }

  async *#keysOf(index: IndexName, pk: string, order: Order): AsyncGenerator<{ id: string; sort: string }, undefined> {
    let after: Parameters<Table['list']>[0]['after'];
    do {
      const page = await this.table.list({
        index,
        pk,
        ...(order.from && { from: order.from }),
        ...(order.to && { to: `${order.to}~` }),
        ...(order.descending && { descending: true }),
        ...(after && { after }),
        limit: order.batch ?? 50,
      });
      for (const item of page.items) yield { id: idOf(item.key), sort: item.sort };
      after = page.next ?? undefined;
    } while (after);
    return undefined;
  }
}

/** Bounds are times (or ids for `byId`), inclusive. `batch`: rows read at once. */
export interface Order {
  readonly descending?: boolean;
  readonly from?: string;
  readonly to?: string;
  readonly batch?: number;
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
  const scheduled = run.state_type === 'SCHEDULED' && run.work_queue_id !== null;
  return {
    ix1: { pk: keys.runsByTime(shard), sk },
    ix2: run.deployment_id ? { pk: keys.runsOfDeployment(run.deployment_id), sk } : null,
    ix3: { pk: keys.runsOfFlow(run.flow_id), sk },
    ix4: run.parent_task_run_id ? { pk: keys.runsOfParentTask(run.parent_task_run_id), sk } : null,
    ix5: scheduled
      ? { pk: keys.runsOfQueue(run.work_queue_id!), sk: timeSort(run.next_scheduled_start_time, id) }
      : null,
    ix6: run.state_type ? { pk: keys.runsByState(run.state_type, shard), sk } : null,
    ix7: { pk: keys.runsById(shard), sk: id },
  };
}

const shards = (key: (shard: number) => string): string[] =>
  Array.from({ length: LIST_SHARDS }, (_, shard) => key(shard));

const before = (a: string, b: string, descending = false): boolean => (descending ? a > b : a < b);
