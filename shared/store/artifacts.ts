import type { Artifact, ArtifactKey } from '../domain/artifact.ts';
import { Collection } from './collection.ts';
import { keys, LIST_SHARDS, shardOf } from './keys.ts';
import { mergedIds } from './merged-list.ts';
import type { IndexName } from './range.ts';
import type { Table } from './table.ts';

export interface ArtifactOrder {
  /** By creation: ids are UUIDv7. */
  readonly descending?: boolean;
}

/** Artifacts: one item each, listed by creation: all, those of a run, those of a key. */
export class ArtifactRepository extends Collection<Artifact> {
  constructor(table: Table) {
    super(table, {
      kind: 'artifact',
      indexes: ({ id, key, flow_run_id, task_run_id }) => ({
        ix2: flow_run_id ? { pk: keys.artifactsOfFlowRun(flow_run_id), sk: id } : null,
        ix3: task_run_id ? { pk: keys.artifactsOfTaskRun(task_run_id), sk: id } : null,
        ix4: key === null ? null : { pk: keys.artifactsOfKey(key), sk: id },
        ix7: { pk: keys.artifactsById(shardOf(id)), sk: id },
      }),
    });
  }

  byId(order: ArtifactOrder): AsyncGenerator<Artifact> {
    return this.#inOrder('ix7', everywhere(), order);
  }

  ofFlowRuns(ids: readonly string[], order: ArtifactOrder): AsyncGenerator<Artifact> {
    return this.#inOrder('ix2', ids.map(keys.artifactsOfFlowRun), order);
  }

  ofTaskRuns(ids: readonly string[], order: ArtifactOrder): AsyncGenerator<Artifact> {
    return this.#inOrder('ix3', ids.map(keys.artifactsOfTaskRun), order);
  }

  ofKeys(names: readonly string[], order: ArtifactOrder): AsyncGenerator<Artifact> {
    return this.#inOrder('ix4', names.map(keys.artifactsOfKey), order);
  }

  /** How many there are; reads keys only. */
  async count(): Promise<number> {
    let count = 0;
    for await (const ids of mergedIds(this.table, 'ix7', everywhere(), { batch: 1000 })) count += ids.length;
    return count;
  }

  async *#inOrder(index: IndexName, partitions: readonly string[], order: ArtifactOrder): AsyncGenerator<Artifact> {
    for await (const ids of mergedIds(this.table, index, [...new Set(partitions)], order))
      yield* await this.getMany(ids);
  }
}

/** The rows of keys: unique by key; listed by key and by creation while they have an artifact. */
export class ArtifactKeyRepository extends Collection<ArtifactKey> {
  constructor(table: Table) {
    super(table, {
      kind: 'artifactKey',
      uniqueName: ({ key }) => key,
      indexes: ({ id, key, latest_id }) =>
        latest_id === null
          ? {}
          : {
              ix1: keys.list('artifactKey', `${key}\u0001${id}`),
              ix7: keys.artifactKeysById(id),
            },
    });
  }

  byKey(order: ArtifactOrder): AsyncGenerator<ArtifactKey> {
    return this.list(order);
  }

  byId(order: ArtifactOrder): AsyncGenerator<ArtifactKey> {
    return this.listFrom({ index: 'ix7', pk: keys.artifactKeysById('').pk, ...order });
  }
}

export function artifactRepository(table: Table): ArtifactRepository {
  return new ArtifactRepository(table);
}

export function artifactKeyRepository(table: Table): ArtifactKeyRepository {
  return new ArtifactKeyRepository(table);
}

const everywhere = (): string[] => Array.from({ length: LIST_SHARDS }, (_, shard) => keys.artifactsById(shard));
