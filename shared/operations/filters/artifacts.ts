import type { ArtifactCollectionFilter, ArtifactFilter } from '../../api/schemas/filters.ts';
import type { Artifact, ArtifactCollection } from '../../domain/artifact.ts';
import { anyOf, asked, type Check, combine, isNull, like, named, notAnyOf } from '../../domain/filters/criteria.ts';

type Maybe<Filter> = Filter | null | undefined;

/** Prefect's `ArtifactFilter`. */
export function matchesArtifact(filter: Maybe<ArtifactFilter>, artifact: Artifact): boolean {
  if (!filter) return true;
  return combine(filter.operator, [named(filter.id, artifact.id), ...shared(filter, artifact)]);
}

/** Prefect's `ArtifactCollectionFilter`. */
export function matchesArtifactCollection(
  filter: Maybe<ArtifactCollectionFilter>,
  collection: ArtifactCollection,
): boolean {
  if (!filter) return true;
  return combine(filter.operator, [named(filter.latest_id, collection.latest_id), ...shared(filter, collection)]);
}

function shared({ key, flow_run_id, task_run_id, type }: Omit<ArtifactFilter, 'id'>, artifact: Artifact): Check[] {
  const exists = key?.exists_ ?? null;
  return [
    key &&
      combine('and_', [
        anyOf(key.any_, artifact.key),
        like(key.like_ || null, artifact.key),
        isNull(exists === null ? null : !exists, artifact.key),
      ]),
    asked(flow_run_id, ({ any_ }) => [anyOf(any_, artifact.flow_run_id)]),
    asked(task_run_id, ({ any_ }) => [anyOf(any_, artifact.task_run_id)]),
    type &&
      combine('and_', [
        anyOf(type.any_, artifact.type),
        type.not_any_?.length ? notAnyOf(type.not_any_, artifact.type) : null,
      ]),
  ];
}
