import type { Json } from './json/json.ts';

/** Prefect's `Artifact`: something a run shows to people. Those with one key are versions of the same thing. */
export interface Artifact {
  id: string;
  created: string;
  updated: string;
  key: string | null;
  type: string | null;
  description: string | null;
  data: Json;
  metadata_: Record<string, string> | null;
  flow_run_id: string | null;
  task_run_id: string | null;
}

/**
 * The row of a key. What it shows is read from its newest artifact, so that changing an artifact is one write. Without an
 * artifact (`latest_id` null: the last one was deleted) it is shown to nobody and waits for the next one.
 */
export interface ArtifactKey {
  id: string;
  created: string;
  key: string;
  latest_id: string | null;
}

/** Prefect's `ArtifactCollection`: the row of a key with its newest artifact. */
export interface ArtifactCollection extends Artifact {
  key: string;
  latest_id: string;
}

export function artifactCollection(row: ArtifactKey, latest: Artifact): ArtifactCollection {
  return { ...latest, id: row.id, created: row.created, key: row.key, latest_id: latest.id };
}
