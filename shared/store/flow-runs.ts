import type { FlowRun } from '../domain/flow-run.ts';
import { flowRunLabel, ownersRunLabel } from '../domain/flow-run-label.ts';
import type { FlowRunDocument } from '../domain/flow-run-life.ts';
import type { StateType } from '../domain/states.ts';
import { Collection, type Created } from './collection.ts';
import type { Key } from './key.ts';
import { idOf, keys, LIST_SHARDS, shardOf, timeSort } from './keys.ts';
import { type ListOrder, mergedIds } from './merged-list.ts';
import type { IndexName } from './range.ts';
import type { IndexKeys, ItemWrite, StoredItem, Table, TallyPlace } from './table.ts';
import type { TalliedList } from './tallies.ts';

/** Flow runs: one item each with state history and life; unique by flow and idempotency key; lists by time, owner and state. */
export class FlowRunRepository extends Collection<FlowRunDocument> {
  constructor(table: Table) {
    super(table, {
      kind: 'flowRun',
      uniqueName,
      indexes: places,
      tallied,
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

  /** A run's tags come first: a place without its run is no harm. */
  override async create(doc: FlowRunDocument): Promise<Created<FlowRunDocument>> {
    await this.addTagPlaces(doc.id, doc.run.tags);
    const made = await super.create(doc);
    if (made.doc.id !== doc.id && made.created) await this.addTagPlaces(made.doc.id, doc.run.tags);
    return made;
  }

  override async delete(id: string): Promise<boolean> {
    const tags = (await this.get(id))?.run.tags ?? [];
    const deleted = await super.delete(id);
    await Promise.all([...new Set(tags)].map((tag) => this.table.remove(keys.runOfTag(tag, shardOf(id), id))));
    return deleted;
  }

  /** Lists a run under tags, before it has them. Places of tags it loses stay: readers look at the run. May be repeated. */
  async addTagPlaces(id: string, tags: readonly string[]): Promise<void> {
    await Promise.all(
      [...new Set(tags)].map((tag) => this.table.put({ key: keys.runOfTag(tag, shardOf(id), id), doc: {} })),
    );
  }

  ofDeployment(id: string, order: ListOrder = {}): AsyncGenerator<FlowRunDocument> {
    return this.ofDeployments([id], order);
  }

  ofDeployments(ids: readonly string[], order: ListOrder = {}): AsyncGenerator<FlowRunDocument> {
    return this.#merged('ix2', [...new Set(ids)].map(keys.runsOfDeployment), order);
  }

  ofFlows(ids: readonly string[], order: ListOrder = {}): AsyncGenerator<FlowRunDocument> {
    return this.#merged('ix3', [...new Set(ids)].map(keys.runsOfFlow), order);
  }

  /** Runs that have, or once had, one of the tags, in the order of creation; each once. */
  async *ofTags(tags: readonly string[], order: ListOrder = {}): AsyncGenerator<FlowRunDocument> {
    const partitions = [...new Set(tags)].flatMap((tag) => shards((shard) => keys.runOfTag(tag, shard, '').pk));
    let last = '';
    for await (const doc of this.#merged(null, partitions, order)) {
      if (doc.id !== last) yield doc;
      last = doc.id;
    }
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
    return this.byStates([type], order);
  }

  /** By start, or expected start of those that have not started, over all runs. */
  byStart(order: ListOrder): AsyncGenerator<FlowRunDocument> {
    return this.#merged('ix8', shards(keys.runsByStart), order);
  }

  /** The same of runs in some states. */
  byStates(types: readonly StateType[], order: ListOrder): AsyncGenerator<FlowRunDocument> {
    const partitions = [...new Set(types)].flatMap((type) => shards((shard) => keys.runsByState(type, shard)));
    return this.#merged('ix6', partitions, order);
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
    for await (const sorts of this.table.sortKeys({ index: 'ix5', pk: keys.activeRunsOfQueue(queueId) })) {
      count += sorts.length;
    }
    return count;
  }

  async *#merged(index: IndexName | null, partitions: string[], order: ListOrder): AsyncGenerator<FlowRunDocument> {
    for await (const ids of mergedIds(this.table, index, partitions, order)) {
      for (const doc of await this.getMany(ids)) if (!doc.life.tombstone) yield doc;
    }
  }
}

function shards(key: (shard: number) => string): string[] {
  return Array.from({ length: LIST_SHARDS }, (_, shard) => key(shard));
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
  const kept = `${sk}#${ownersRunLabel(run)}`;
  const shard = shardOf(id);
  const start = timeSort(run.start_time ?? run.expected_start_time, id);
  return {
    ix1: { pk: keys.runsByTime(shard), sk: `${sk}#${flowRunLabel(run)}` },
    ix2: run.deployment_id ? { pk: keys.runsOfDeployment(run.deployment_id), sk: kept } : null,
    ix3: { pk: keys.runsOfFlow(run.flow_id), sk: kept },
    ix4: run.parent_task_run_id ? { pk: keys.runsOfParentTask(run.parent_task_run_id), sk } : null,
    ix5: placeInQueue(run),
    ix6: run.state_type ? { pk: keys.runsByState(run.state_type, shard), sk: start } : null,
    ix7: { pk: keys.runsById(shard), sk: id },
    ix8: { pk: keys.runsByStart(shard), sk: start },
  };
}

/** The lists of flow runs that are counted. */
export const flowRunTallies = {
  all: { name: 'RUNS', index: 'ix1', partitions: shards(keys.runsByTime) } satisfies TalliedList,
  ofDeployment: (id: string): TalliedList => ownTally(keys.runsOfDeployment(id), 'ix2'),
  ofFlow: (id: string): TalliedList => ownTally(keys.runsOfFlow(id), 'ix3'),
};

function ownTally(pk: string, index: IndexName): TalliedList {
  return { name: pk, index, partitions: [pk] };
}

function tallied(doc: FlowRunDocument): TallyPlace[] {
  const { ix1, ix2, ix3 } = places(doc);
  return [
    ...(ix1 ? [{ list: flowRunTallies.all.name, sort: ix1.sk }] : []),
    ...[ix2, ix3].flatMap((place) => (place ? [{ list: place.pk, sort: place.sk }] : [])),
  ];
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
