import type { ArtifactCollection } from '../artifact.ts';
import type { Event, Resource } from './event.ts';

/** What happened to the row of an artifact key. */
export type ArtifactKeyChange = 'created' | 'updated' | 'deleted';

/** `prefect.artifact-collection.…`: a key has its first artifact, another newest one, or none any more. */
export function artifactKeyEvent(
  change: ArtifactKeyChange,
  collection: ArtifactCollection,
  event: { readonly id: string; readonly occurred: string },
): Event {
  const { key, type, data, description } = collection;
  return {
    ...event,
    event: `prefect.artifact-collection.${change}`,
    resource: {
      'prefect.resource.id': `prefect.artifact-collection.${collection.id}`,
      'prefect.resource.name': key,
    },
    related: [
      related('artifact', collection.latest_id, 'latest'),
      related('flow-run', collection.flow_run_id),
      related('task-run', collection.task_run_id),
    ].filter((resource) => resource !== null),
    payload: { key, type, data, description },
    follows: null,
  };
}

function related(kind: string, id: string | null, role = kind): Resource | null {
  return id === null ? null : { 'prefect.resource.id': `prefect.${kind}.${id}`, 'prefect.resource.role': role };
}
