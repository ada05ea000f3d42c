import { limitsFilterBody, tagLimitCreate, tagReset, tagSlots } from '../../shared/api/schemas/concurrency-limits.ts';
import {
  deleteLimitOfTag,
  deleteTagLimit,
  filterTagLimits,
  giveTagSlots,
  readLimitOfTag,
  readTagLimit,
  resetLimitOfTag,
  takeTagSlots,
  upsertTagLimit,
} from '../../shared/operations/concurrency/tag-limits.ts';
import { createdOrExisting, EDIT, EDIT_OR_RUN, ok, type Route, route, VIEW } from './route.ts';

/** The limits of tags as Prefect's first API has them (prefect-api 9.3); the same limits as `tag:<tag>` in the second. */
export const concurrencyLimitRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/concurrency_limits/',
    summary: 'Create Concurrency Limit',
    access: EDIT,
    body: tagLimitCreate,
    handle: async ({ app, body }) => createdOrExisting(await upsertTagLimit(app, body)),
  }),
  route({
    method: 'POST',
    path: '/concurrency_limits/filter',
    summary: 'Read Concurrency Limits',
    access: VIEW,
    body: limitsFilterBody,
    bodyOptional: true,
    handle: async ({ app, body }) => ok(await filterTagLimits(app, body)),
  }),
  route({
    method: 'POST',
    path: '/concurrency_limits/increment',
    summary: 'Increment Concurrency Limits V1',
    access: EDIT_OR_RUN,
    body: tagSlots,
    bodyInParts: true,
    handle: async ({ app, body }) => ok(await takeTagSlots(app, body)),
  }),
  route({
    method: 'POST',
    path: '/concurrency_limits/decrement',
    summary: 'Decrement Concurrency Limits V1',
    access: EDIT_OR_RUN,
    body: tagSlots,
    bodyInParts: true,
    handle: async ({ app, body }) => ok(await giveTagSlots(app, body)),
  }),
  route({
    method: 'GET',
    path: '/concurrency_limits/tag/{tag}',
    summary: 'Read Concurrency Limit By Tag',
    access: VIEW,
    handle: async ({ app, params }) => ok(await readLimitOfTag(app, params['tag']!)),
  }),
  route({
    method: 'DELETE',
    path: '/concurrency_limits/tag/{tag}',
    summary: 'Delete Concurrency Limit By Tag',
    access: EDIT,
    handle: async ({ app, params }) => {
      await deleteLimitOfTag(app, params['tag']!);
      return ok(null);
    },
  }),
  route({
    method: 'POST',
    path: '/concurrency_limits/tag/{tag}/reset',
    summary: 'Reset Concurrency Limit By Tag',
    access: EDIT,
    body: tagReset,
    bodyOptional: true,
    handle: async ({ app, params, body }) => {
      await resetLimitOfTag(app, params['tag']!, body.slot_override ?? []);
      return ok(null);
    },
  }),
  route({
    method: 'GET',
    path: '/concurrency_limits/{id}',
    summary: 'Read Concurrency Limit',
    access: VIEW,
    handle: async ({ app, params }) => ok(await readTagLimit(app, params['id']!)),
  }),
  route({
    method: 'DELETE',
    path: '/concurrency_limits/{id}',
    summary: 'Delete Concurrency Limit',
    access: EDIT,
    handle: async ({ app, params }) => {
      await deleteTagLimit(app, params['id']!);
      return ok(null);
    },
  }),
];
