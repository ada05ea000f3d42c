import type {
  ArtifactCountBody,
  ArtifactFilterBody,
  ArtifactSort,
  LatestArtifactCountBody,
  LatestArtifactFilterBody,
} from '../../api/schemas/artifacts.ts';
import { type Artifact, type ArtifactCollection, artifactCollection } from '../../domain/artifact.ts';
import type { ArtifactOrder } from '../../store/artifacts.ts';
import type { App } from '../app.ts';
import { matchesArtifact, matchesArtifactCollection } from '../filters/artifacts.ts';
import { relatedMatcher } from '../filters/related.ts';
import { byText, countRows, inBatches, matching, pageSize, sorted, takePage } from '../lists/filtering.ts';

/** Every version of every artifact; newest first unless another order is asked for. */
export async function filterArtifacts(app: App, body: ArtifactFilterBody): Promise<Artifact[]> {
  pageSize(body.limit);
  const sort = body.sort ?? 'ID_DESC';
  const rows = matchingArtifacts(app, body, { descending: true });
  return takePage(inCreationOrder(sort) ? rows : sorted(rows, COMPARE[sort]), body);
}

export async function countArtifacts(app: App, body: ArtifactCountBody): Promise<number> {
  const restricted = Object.values(body).some((filter) => filter);
  return restricted ? countRows(matchingArtifacts(app, body, {})) : app.store.artifacts.count();
}

/** The newest artifact of each key. */
export async function filterLatestArtifacts(app: App, body: LatestArtifactFilterBody): Promise<ArtifactCollection[]> {
  pageSize(body.limit);
  const sort = body.sort ?? 'ID_DESC';
  if (sort === 'KEY_ASC' || sort === 'KEY_DESC' || sort === 'ID_DESC') {
    return takePage(matchingLatest(app, body, sort), body);
  }
  return takePage(sorted(matchingLatest(app, body, 'ID_DESC'), COMPARE[sort]), body);
}

export async function countLatestArtifacts(app: App, body: LatestArtifactCountBody): Promise<number> {
  return countRows(matchingLatest(app, body, 'ID_DESC'));
}

function matchingArtifacts(app: App, body: ArtifactCountBody, order: ArtifactOrder): AsyncGenerator<Artifact> {
  const related = relatedMatcher(app, body);
  return matching(
    candidates(app, body, order),
    (artifact) => matchesArtifact(body.artifacts, artifact) && related.ofRuns(artifact),
  );
}

/** The smallest index range that holds every match, in the order of creation. */
function candidates(app: App, body: ArtifactCountBody, order: ArtifactOrder): AsyncIterable<Artifact> {
  const { artifacts } = app.store;
  const own = body.artifacts?.operator === 'or_' ? null : body.artifacts;
  if (own?.id?.any_) return some(app, own.id.any_, order);
  if (own?.task_run_id?.any_) return artifacts.ofTaskRuns(own.task_run_id.any_, order);
  if (own?.flow_run_id?.any_) return artifacts.ofFlowRuns(own.flow_run_id.any_, order);
  if (own?.key?.any_) return artifacts.ofKeys(own.key.any_, order);
  const runs = body.flow_runs?.operator === 'or_' ? null : body.flow_runs?.id?.any_;
  return runs ? artifacts.ofFlowRuns(runs, order) : artifacts.byId(order);
}

async function* some(app: App, ids: readonly string[], order: ArtifactOrder): AsyncGenerator<Artifact> {
  const unique = [...new Set(ids)].sort();
  yield* await app.store.artifacts.getMany(order.descending ? unique.reverse() : unique);
}

function matchingLatest(
  app: App,
  body: LatestArtifactCountBody,
  sort: 'ID_DESC' | 'KEY_ASC' | 'KEY_DESC',
): AsyncGenerator<ArtifactCollection> {
  const related = relatedMatcher(app, body);
  return matching(
    collections(app, sort),
    (row) => matchesArtifactCollection(body.artifacts, row) && related.ofRuns(row),
  );
}

async function* collections(app: App, sort: 'ID_DESC' | 'KEY_ASC' | 'KEY_DESC'): AsyncGenerator<ArtifactCollection> {
  const { artifactKeys, artifacts } = app.store;
  const rows =
    sort === 'ID_DESC'
      ? artifactKeys.byId({ descending: true })
      : artifactKeys.byKey({ descending: sort === 'KEY_DESC' });
  for await (const batch of inBatches(rows)) {
    const shown = batch.filter((row) => row.latest_id !== null);
    const latest = new Map((await artifacts.getMany(shown.map((row) => row.latest_id!))).map((one) => [one.id, one]));
    for (const row of shown) {
      const artifact = latest.get(row.latest_id!);
      if (artifact) yield artifactCollection(row, artifact);
    }
  }
}

const inCreationOrder = (sort: ArtifactSort): boolean => sort === 'ID_DESC' || sort === 'CREATED_DESC';

type Compare = (a: Artifact, b: Artifact) => number;
const newest: Compare = (a, b) => byText(b.id, a.id);
const COMPARE: Record<ArtifactSort, Compare> = {
  ID_DESC: newest,
  CREATED_DESC: (a, b) => byText(b.created, a.created) || newest(a, b),
  UPDATED_DESC: (a, b) => byText(b.updated, a.updated) || newest(a, b),
  KEY_ASC: (a, b) => byText(a.key ?? '', b.key ?? '') || newest(a, b),
  KEY_DESC: (a, b) => byText(b.key ?? '', a.key ?? '') || newest(a, b),
};
