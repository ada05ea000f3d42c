import {
  leaseGive,
  leaseParams,
  leaseRenew,
  limitCreate,
  limitsFilterBody,
  limitUpdate,
  slotsGive,
  slotsLease,
  slotsTake,
} from '../../shared/api/schemas/concurrency-limits.ts';
import { giveBackLease, leaseSlots, renewLease } from '../../shared/operations/concurrency/concurrency-leases.ts';
import {
  createLimit,
  deleteLimit,
  filterLimits,
  readLimit,
  updateLimit,
} from '../../shared/operations/concurrency/concurrency-limits.ts';
import { giveSlots, takeSlots } from '../../shared/operations/concurrency/concurrency-slots.ts';
import { created, EDIT, EDIT_OR_RUN, noContent, ok, type Route, route, VIEW } from './route.ts';

/** Concurrency limits by name, and their slots (prefect-api 9.2). Flows take slots themselves, so run tokens may. */
export const concurrencyLimitV2Routes: Route[] = [
  route({
    method: 'POST',
    path: '/v2/concurrency_limits/',
    summary: 'Create Concurrency Limit V2',
    access: EDIT,
    body: limitCreate,
    handle: async ({ app, body }) => created(await createLimit(app, body)),
  }),
  route({
    method: 'POST',
    path: '/v2/concurrency_limits/filter',
    summary: 'Read All Concurrency Limits V2',
    access: VIEW,
    body: limitsFilterBody,
    bodyOptional: true,
    handle: async ({ app, body }) => ok(await filterLimits(app, body)),
  }),
  route({
    method: 'POST',
    path: '/v2/concurrency_limits/increment',
    summary: 'Bulk Increment Active Slots',
    access: EDIT_OR_RUN,
    body: slotsTake,
    bodyInParts: true,
    handle: async ({ app, body }) => ok(await takeSlots(app, body)),
  }),
  route({
    method: 'POST',
    path: '/v2/concurrency_limits/increment-with-lease',
    summary: 'Bulk Increment Active Slots With Lease',
    access: EDIT_OR_RUN,
    body: slotsLease,
    bodyInParts: true,
    handle: async ({ app, body }) => ok(await leaseSlots(app, body)),
  }),
  route({
    method: 'POST',
    path: '/v2/concurrency_limits/decrement',
    summary: 'Bulk Decrement Active Slots',
    access: EDIT_OR_RUN,
    body: slotsGive,
    bodyInParts: true,
    handle: async ({ app, body }) => ok(await giveSlots(app, body)),
  }),
  route({
    method: 'POST',
    path: '/v2/concurrency_limits/decrement-with-lease',
    summary: 'Bulk Decrement Active Slots With Lease',
    access: EDIT_OR_RUN,
    body: leaseGive,
    bodyInParts: true,
    handle: async ({ app, body }) => {
      await giveBackLease(app, body.lease_id);
      return noContent();
    },
  }),
  route({
    method: 'POST',
    path: '/v2/concurrency_limits/leases/{lease_id}/renew',
    params: leaseParams,
    summary: 'Renew Concurrency Lease',
    access: EDIT_OR_RUN,
    body: leaseRenew,
    bodyOptional: true,
    handle: async ({ app, params, body }) => {
      await renewLease(app, params['lease_id']!, body.lease_duration);
      return noContent();
    },
  }),
  route({
    method: 'GET',
    path: '/v2/concurrency_limits/{id_or_name}',
    summary: 'Read Concurrency Limit V2',
    access: VIEW,
    handle: async ({ app, params }) => ok(await readLimit(app, params['id_or_name']!)),
  }),
  route({
    method: 'PATCH',
    path: '/v2/concurrency_limits/{id_or_name}',
    summary: 'Update Concurrency Limit V2',
    access: EDIT,
    body: limitUpdate,
    handle: async ({ app, params, body }) => {
      await updateLimit(app, params['id_or_name']!, body);
      return noContent();
    },
  }),
  route({
    method: 'DELETE',
    path: '/v2/concurrency_limits/{id_or_name}',
    summary: 'Delete Concurrency Limit V2',
    access: EDIT,
    handle: async ({ app, params }) => {
      await deleteLimit(app, params['id_or_name']!);
      return noContent();
    },
  }),
];
