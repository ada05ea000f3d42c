import {
  type Countable,
  countableParams,
  eventCountBody,
  eventFilterBody,
  eventPageQuery,
  eventsCreate,
} from '../../shared/api/schemas/events.ts';
import { countEvents } from '../../shared/operations/events/event-counts.ts';
import { readEvents, readNextEvents } from '../../shared/operations/events/event-pages.ts';
import { recordEvents } from '../../shared/operations/events/events.ts';
import { EDIT_OR_RUN, noContent, OPERATE_VIEW, ok, type Route, route } from './route.ts';

export const eventRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/events',
    summary: 'Create Events',
    access: EDIT_OR_RUN,
    body: eventsCreate,
    handle: async ({ app, principal, body }) => {
      await recordEvents(app, principal, body);
      return noContent();
    },
  }),
  route({
    method: 'POST',
    path: '/events/filter',
    summary: 'Read Events',
    access: OPERATE_VIEW,
    body: eventFilterBody,
    bodyOptional: true,
    handle: async ({ app, body }) => ok(await readEvents(app, body)),
  }),
  route({
    method: 'POST',
    path: '/events/count-by/{countable}',
    summary: 'Count Account Events',
    access: OPERATE_VIEW,
    body: eventCountBody,
    bodyInParts: true,
    params: countableParams,
    handle: async ({ app, params, body }) => ok(await countEvents(app, params['countable'] as Countable, body)),
  }),
  route({
    method: 'GET',
    path: '/events/filter/next',
    summary: 'Read Account Events Page',
    access: OPERATE_VIEW,
    query: eventPageQuery,
    handle: async ({ app, query }) => ok(await readNextEvents(app, query['page-token'])),
  }),
];
