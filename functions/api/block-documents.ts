import {
  blockDocumentCreate,
  blockDocumentQuery,
  blockDocumentsCountBody,
  blockDocumentsFilterBody,
  blockDocumentUpdate,
} from '../../shared/api/schemas/block-documents.ts';
import { deleteBlockDocument } from '../../shared/operations/blocks/block-deletion.ts';
import { countBlockDocuments, filterBlockDocuments } from '../../shared/operations/blocks/block-document-lists.ts';
import {
  createBlockDocument,
  readBlockDocument,
  updateBlockDocument,
} from '../../shared/operations/blocks/block-documents.ts';
import { losslessField } from './lossless-body.ts';
import { created, EDIT, EDIT_OR_RUN, noContent, ok, type Route, route, VIEW } from './route.ts';

export const blockDocumentRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/block_documents/',
    summary: 'Create Block Document',
    access: EDIT_OR_RUN,
    body: blockDocumentCreate,
    handle: async ({ app, body, rawBody }) =>
      created(await createBlockDocument(app, { ...body, data: losslessField(rawBody, 'data') ?? {} })),
  }),
  route({
    method: 'POST',
    path: '/block_documents/filter',
    summary: 'Read Block Documents',
    access: VIEW,
    body: blockDocumentsFilterBody,
    bodyOptional: true,
    handle: async ({ app, principal, body }) => ok(await filterBlockDocuments(app, principal, body)),
  }),
  route({
    method: 'POST',
    path: '/block_documents/count',
    summary: 'Count Block Documents',
    access: VIEW,
    body: blockDocumentsCountBody,
    bodyOptional: true,
    handle: async ({ app, body }) => ok(await countBlockDocuments(app, body)),
  }),
  route({
    method: 'GET',
    path: '/block_documents/{id}',
    summary: 'Read Block Document By Id',
    access: VIEW,
    query: blockDocumentQuery,
    handle: async ({ app, principal, params, query }) =>
      ok(await readBlockDocument(app, principal, params['id']!, query.include_secrets)),
  }),
  route({
    method: 'PATCH',
    path: '/block_documents/{id}',
    summary: 'Update Block Document Data',
    access: EDIT_OR_RUN,
    body: blockDocumentUpdate,
    handle: async ({ app, params, body, rawBody }) => {
      await updateBlockDocument(app, params['id']!, { ...body, data: losslessField(rawBody, 'data') });
      return noContent();
    },
  }),
  route({
    method: 'DELETE',
    path: '/block_documents/{id}',
    summary: 'Delete Block Document',
    access: EDIT,
    handle: async ({ app, params }) => {
      await deleteBlockDocument(app, params['id']!);
      return noContent();
    },
  }),
];
