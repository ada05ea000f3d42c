import type { ArtifactCreate, ArtifactUpdate } from '../../api/schemas/artifacts.ts';
import { type Artifact, type ArtifactCollection, artifactCollection } from '../../domain/artifact.ts';
import { ClientError, notFound } from '../../domain/errors.ts';
import { type ArtifactKeyChange, artifactKeyEvent } from '../../domain/events/artifact-events.ts';
import type { Principal } from '../../domain/principal.ts';
import { type App, timestamp } from '../app.ts';
import { announce } from '../events/announce.ts';
import { ownsFlowRun } from '../flow-runs/run-tree.ts';

/**
 * Stores an artifact; one with a key becomes the newest of its key. The artifact is written first: if the program ends before
 * the key points at it, the key shows the version before, and the client's repeated request makes the next one. A run token
 * writes for its own tree of runs only (rule 8).
 */
export async function createArtifact(app: App, principal: Principal, body: ArtifactCreate): Promise<Artifact> {
  if (body.flow_run_id) await assertOwned(app, principal, body.flow_run_id);
  const now = timestamp(app);
  const artifact: Artifact = {
    id: app.clock.newId(),
    created: now,
    updated: now,
    key: body.key ?? null,
    type: body.type ?? null,
    description: body.description ?? null,
    data: body.data ?? null,
    metadata_: body.metadata_ ?? null,
    flow_run_id: body.flow_run_id ?? null,
    task_run_id: body.task_run_id ?? null,
  };
  await app.store.artifacts.create(artifact);
  if (artifact.key !== null) await becomeLatest(app, artifact, artifact.key);
  return artifact;
}

export async function readArtifact(app: App, id: string): Promise<Artifact> {
  return found(await app.store.artifacts.get(id));
}

/** The newest artifact of a key, under the id of the key's row, as Prefect answers. */
export async function readLatestArtifact(app: App, key: string): Promise<Artifact> {
  const row = await app.store.artifactKeys.getByName(key);
  const latest = found(row?.latest_id ? await app.store.artifacts.get(row.latest_id) : null);
  return { ...latest, id: row!.id, created: row!.created };
}

/** Applies the keys present. A run token changes artifacts of its own tree of runs only (rule 8). */
export async function updateArtifact(app: App, principal: Principal, id: string, body: ArtifactUpdate): Promise<void> {
  if (principal.kind === 'run') await assertOwned(app, principal, (await readArtifact(app, id)).flow_run_id);
  const updated = timestamp(app);
  found(
    await app.store.artifacts.update(id, (artifact) => ({
      ...artifact,
      data: body.data === undefined ? artifact.data : body.data,
      description: body.description === undefined ? artifact.description : body.description,
      metadata_: body.metadata_ === undefined ? artifact.metadata_ : body.metadata_,
      updated,
    })),
  );
}

/** Deletes an artifact; its key then shows the version before it, or nothing. The key is moved first; may be repeated. */
export async function deleteArtifact(app: App, id: string): Promise<void> {
  const artifact = found(await app.store.artifacts.get(id));
  if (artifact.key !== null) await stopBeingLatest(app, artifact, artifact.key);
  await app.store.artifacts.delete(id);
}

/** Of two artifacts made at once the one with the later id stays: ids are in order of creation. */
async function becomeLatest(app: App, artifact: Artifact, key: string): Promise<void> {
  const { doc, created } = await app.store.artifactKeys.create({
    id: app.clock.newId(),
    created: artifact.created,
    key,
    latest_id: artifact.id,
  });
  if (created) return announceKey(app, 'created', artifactCollection(doc, artifact));
  let first = false;
  const row = await app.store.artifactKeys.update(doc.id, (current) => {
    first = current.latest_id === null;
    if (current.latest_id !== null && current.latest_id >= artifact.id) return null;
    return { ...current, latest_id: artifact.id, ...(first && { created: artifact.created }) };
  });
  if (row?.latest_id !== artifact.id) return;
  await announceKey(app, first ? 'created' : 'updated', artifactCollection(row, artifact));
}

async function stopBeingLatest(app: App, artifact: Artifact, key: string): Promise<void> {
  const row = await app.store.artifactKeys.getByName(key);
  if (row?.latest_id !== artifact.id) return;
  const next = await newestBefore(app, artifact, key);
  const moved = await app.store.artifactKeys.update(row.id, (current) =>
    current.latest_id === artifact.id
      ? { ...current, latest_id: next?.id ?? null, created: next?.created ?? current.created }
      : null,
  );
  if (!moved || moved.latest_id !== (next?.id ?? null)) return;
  if (next) await announceKey(app, 'updated', artifactCollection(moved, next));
  else await announceKey(app, 'deleted', artifactCollection(row, artifact));
}

async function newestBefore(app: App, artifact: Artifact, key: string): Promise<Artifact | null> {
  for await (const version of app.store.artifacts.ofKeys([key], { descending: true })) {
    if (version.id !== artifact.id && version.key === key) return version;
  }
  return null;
}

async function announceKey(app: App, change: ArtifactKeyChange, collection: ArtifactCollection): Promise<void> {
  await announce(app, (stamp) => artifactKeyEvent(change, collection, stamp));
}

async function assertOwned(app: App, principal: Principal, flowRunId: string | null): Promise<void> {
  if (principal.kind !== 'run' || (flowRunId !== null && (await ownsFlowRun(app, principal, flowRunId)))) return;
  throw new ClientError('forbidden', 'The token of a flow run may write artifacts only for its own runs.');
}

function found(artifact: Artifact | null): Artifact {
  if (!artifact) throw notFound('Artifact not found.');
  return artifact;
}
