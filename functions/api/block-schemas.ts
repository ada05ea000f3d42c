import { blockSchemaCreate, blockSchemaQuery, blockSchemasFilterBody } from '../../shared/api/schemas/block-schemas.ts';
import { deleteBlockSchema } from '../../shared/operations/blocks/block-deletion.ts';
import {
  createBlockSchema,
  filterBlockSchemas,
  listBlockCapabilities,
  readBlockSchema,
  readBlockSchemaByChecksum,
} from '../../shared/operations/blocks/block-schemas.ts';
import { losslessField } from './lossless-body.ts';
import { createdOrExisting, EDIT, EDIT_OR_RUN, noContent, ok, type Route, route, VIEW } from './route.ts';

export const blockSchemaRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/block_schemas/',
    summary: 'Create Block Schema',
    access: EDIT_OR_RUN,
    body: blockSchemaCreate,
    handle: async ({ app, body, rawBody }) => {
      const fields = losslessField(rawBody, 'fields') ?? {};
      return createdOrExisting(await createBlockSchema(app, { ...body, fields }));
    },
  }),
  route({
    method: 'POST',
    path: '/block_schemas/filter',
    summary: 'Read Block Schemas',
    access: VIEW,
    body: blockSchemasFilterBody,
    bodyOptional: true,
    handle: async ({ app, body }) => ok(await filterBlockSchemas(app, body)),
  }),
  route({
    method: 'GET',
    path: '/block_schemas/checksum/{checksum}',
    summary: 'Read Block Schema By Checksum',
    access: VIEW,
    query: blockSchemaQuery,
    handle: async ({ app, params, query }) =>
      ok(await readBlockSchemaByChecksum(app, params['checksum']!, query.version ?? null)),
  }),
  route({
    method: 'GET',
    path: '/block_schemas/{id}',
    summary: 'Read Block Schema By Id',
    access: VIEW,
    handle: async ({ app, params }) => ok(await readBlockSchema(app, params['id']!)),
  }),
  route({
    method: 'DELETE',
    path: '/block_schemas/{id}',
    summary: 'Delete Block Schema',
    access: EDIT,
    handle: async ({ app, params }) => {
      await deleteBlockSchema(app, params['id']!);
      return noContent();
    },
  }),
  route({
    method: 'GET',
    path: '/block_capabilities/',
    summary: 'Read Available Block Capabilities',
    access: VIEW,
    handle: async ({ app }) => ok(await listBlockCapabilities(app)),
  }),
];
