import { readOrphans } from '../../shared/operations/work-pools/orphans.ts';
import { OPERATE_VIEW, ok, type Route, route } from './route.ts';

/** Containers without a live run, which Prefect's own server does not look for. */
export const orphanRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/orphans/',
    summary: 'Read Orphans',
    access: OPERATE_VIEW,
    handle: async ({ app }) => ok(await readOrphans(app)),
  }),
];
