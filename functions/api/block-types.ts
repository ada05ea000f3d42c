import { blockDocumentQuery } from '../../shared/api/schemas/block-documents.ts';
import { blockTypeCreate, blockTypesFilterBody, blockTypeUpdate } from '../../shared/api/schemas/block-types.ts';
import { deleteBlockType } from '../../shared/operations/blocks/block-deletion.ts';
import { readBlockDocumentsOfType } from '../../shared/operations/blocks/block-document-lists.ts';
import { readBlockDocumentByName } from '../../shared/operations/blocks/block-documents.ts';
import { ensureBlockRegistry } from '../../shared/operations/blocks/block-registry.ts';
import {
  createBlockType,
  filterBlockTypes,
  readBlockType,
  readBlockTypeBySlug,
  updateBlockType,
} from '../../shared/operations/blocks/block-types.ts';
import { created, EDIT, EDIT_OR_RUN, noContent, ok, type Route, route, VIEW } from './route.ts';

export const blockTypeRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/block_types/',
    summary: 'Create Block Type',
    access: EDIT_OR_RUN,
    body: blockTypeCreate,
    handle: async ({ app, body }) => created(await createBlockType(app, body)),
  }),
  route({
    method: 'POST',
    path: '/block_types/filter',
    summary: 'Read Block Types',
    access: VIEW,
    body: blockTypesFilterBody,
    bodyOptional: true,
    handle: async ({ app, body }) => ok(await filterBlockTypes(app, body)),
  }),
  route({
    method: 'POST',
    path: '/block_types/install_system_block_types',
    summary: 'Install System Block Types',
    access: EDIT,
    handle: async ({ app }) => {
      await ensureBlockRegistry(app);
      return ok(null);
    },
  }),
  route({
    method: 'GET',
    path: '/block_types/slug/{slug}',
    summary: 'Read Block Type By Slug',
    access: VIEW,
    handle: async ({ app, params }) => ok(await readBlockTypeBySlug(app, params['slug']!)),
  }),
  route({
    method: 'GET',
    path: '/block_types/slug/{slug}/block_documents',
    summary: 'Read Block Documents For Block Type',
    access: VIEW,
    query: blockDocumentQuery,
    handle: async ({ app, principal, params, query }) =>
      ok(await readBlockDocumentsOfType(app, principal, params['slug']!, query.include_secrets)),
  }),
  route({
    method: 'GET',
    path: '/block_types/slug/{slug}/block_documents/name/{block_document_name}',
    summary: 'Read Block Document By Name For Block Type',
    access: VIEW,
    query: blockDocumentQuery,
    handle: async ({ app, principal, params, query }) => {
      const { slug, block_document_name: name } = params;
      return ok(await readBlockDocumentByName(app, principal, slug!, name!, query.include_secrets));
    },
  }),
  route({
    method: 'GET',
    path: '/block_types/{id}',
    summary: 'Read Block Type By Id',
    access: VIEW,
    handle: async ({ app, params }) => ok(await readBlockType(app, params['id']!)),
  }),
  route({
    method: 'PATCH',
    path: '/block_types/{id}',
    summary: 'Update Block Type',
    access: EDIT_OR_RUN,
    body: blockTypeUpdate,
    handle: async ({ app, params, body }) => {
      await updateBlockType(app, params['id']!, body);
      return noContent();
    },
  }),
  route({
    method: 'DELETE',
    path: '/block_types/{id}',
    summary: 'Delete Block Type',
    access: EDIT,
    handle: async ({ app, params }) => {
      await deleteBlockType(app, params['id']!);
      return noContent();
    },
  }),
];
