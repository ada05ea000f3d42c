import { readCollectionView } from '../../shared/operations/collections.ts';
import { ok, type Route, route, VIEW } from './route.ts';

export const collectionRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/collections/views/{view}',
    summary: 'Read View Content',
    access: VIEW,
    handle: async ({ params }) => ok(await readCollectionView(params['view']!)),
  }),
];
