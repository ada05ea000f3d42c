import { flowRoutes } from './flows.ts';
import type { Route } from './route.ts';
import { variableRoutes } from './variables.ts';

/** Every operation of the API, one file a resource. */
export const routes: Route[] = [...flowRoutes, ...variableRoutes];
