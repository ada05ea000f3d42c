import {
  artifactCountBody,
  artifactCreate,
  artifactFilterBody,
  artifactUpdate,
  latestArtifactCountBody,
  latestArtifactFilterBody,
} from '../../shared/api/schemas/artifacts.ts';
import {
  countArtifacts,
  countLatestArtifacts,
  filterArtifacts,
  filterLatestArtifacts,
} from '../../shared/operations/artifacts/artifact-lists.ts';
import {
  createArtifact,
  deleteArtifact,
  readArtifact,
  readLatestArtifact,
  updateArtifact,
} from '../../shared/operations/artifacts/artifacts.ts';
import { created, EDIT, EDIT_OR_RUN, noContent, ok, type Route, route, VIEW } from './route.ts';

export const artifactRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/artifacts/',
    summary: 'Create Artifact',
    access: EDIT_OR_RUN,
    body: artifactCreate,
    handle: async ({ app, principal, body }) => created(await createArtifact(app, principal, body)),
  }),
  route({
    method: 'POST',
    path: '/artifacts/filter',
    summary: 'Read Artifacts',
    access: VIEW,
    body: artifactFilterBody,
    bodyOptional: true,
    handle: async ({ app, body }) => ok(await filterArtifacts(app, body)),
  }),
  route({
    method: 'POST',
    path: '/artifacts/count',
    summary: 'Count Artifacts',
    access: VIEW,
    body: artifactCountBody,
    bodyOptional: true,
    handle: async ({ app, body }) => ok(await countArtifacts(app, body)),
  }),
  route({
    method: 'POST',
    path: '/artifacts/latest/filter',
    summary: 'Read Latest Artifacts',
    access: VIEW,
    body: latestArtifactFilterBody,
    bodyOptional: true,
    handle: async ({ app, body }) => ok(await filterLatestArtifacts(app, body)),
  }),
  route({
    method: 'POST',
    path: '/artifacts/latest/count',
    summary: 'Count Latest Artifacts',
    access: VIEW,
    body: latestArtifactCountBody,
    bodyOptional: true,
    handle: async ({ app, body }) => ok(await countLatestArtifacts(app, body)),
  }),
  route({
    method: 'GET',
    path: '/artifacts/{key}/latest',
    summary: 'Read Latest Artifact',
    access: VIEW,
    handle: async ({ app, params }) => ok(await readLatestArtifact(app, params['key']!)),
  }),
  route({
    method: 'GET',
    path: '/artifacts/{id}',
    summary: 'Read Artifact',
    access: VIEW,
    handle: async ({ app, params }) => ok(await readArtifact(app, params['id']!)),
  }),
  route({
    method: 'PATCH',
    path: '/artifacts/{id}',
    summary: 'Update Artifact',
    access: EDIT_OR_RUN,
    body: artifactUpdate,
    handle: async ({ app, principal, params, body }) => {
      await updateArtifact(app, principal, params['id']!, body);
      return noContent();
    },
  }),
  route({
    method: 'DELETE',
    path: '/artifacts/{id}',
    summary: 'Delete Artifact',
    access: EDIT,
    handle: async ({ app, params }) => {
      await deleteArtifact(app, params['id']!);
      return noContent();
    },
  }),
];
