import { eventRoutes } from './events.ts';
import { flowRunInputRoutes } from './flow-run-inputs.ts';
import { flowRunRoutes } from './flow-runs.ts';
import { flowRoutes } from './flows.ts';
import { healthRoutes } from './health.ts';
import { logRoutes } from './logs.ts';
import type { Route } from './route.ts';
import { taskRunRoutes } from './task-runs.ts';

/** What every flow run asks for: loaded with the function. */
export const everydayRoutes: Route[] = [
  ...flowRoutes,
  ...flowRunRoutes,
  ...flowRunInputRoutes,
  ...eventRoutes,
  ...logRoutes,
  ...taskRunRoutes,
  ...healthRoutes,
];

/** Routes loaded when a request comes for one of their first path segments under `/api` or at the root. */
export interface RoutesAtFirstUse {
  readonly segments: readonly string[];
  readonly load: () => Promise<Route[]>;
}

/** Resources that many processes are never asked for (docs/decisions/014-libraries-at-first-use.md). */
const otherResources: readonly RoutesAtFirstUse[] = [
  { segments: ['admin'], load: async () => (await import('./admin.ts')).adminRoutes },
  { segments: ['api_keys'], load: async () => (await import('./api-keys.ts')).apiKeyRoutes },
  { segments: ['artifacts'], load: async () => (await import('./artifacts.ts')).artifactRoutes },
  { segments: ['automations', 'templates'], load: async () => (await import('./automations.ts')).automationRoutes },
  { segments: ['block_documents'], load: async () => (await import('./block-documents.ts')).blockDocumentRoutes },
  {
    segments: ['block_schemas', 'block_capabilities'],
    load: async () => (await import('./block-schemas.ts')).blockSchemaRoutes,
  },
  { segments: ['block_types'], load: async () => (await import('./block-types.ts')).blockTypeRoutes },
  { segments: ['collections'], load: async () => (await import('./collections.ts')).collectionRoutes },
  {
    segments: ['concurrency_limits'],
    load: async () => (await import('./concurrency-limits.ts')).concurrencyLimitRoutes,
  },
  { segments: ['v2'], load: async () => (await import('./concurrency-limits-v2.ts')).concurrencyLimitV2Routes },
  { segments: ['deployments'], load: async () => (await import('./deployments.ts')).deploymentRoutes },
  { segments: ['orphans'], load: async () => (await import('./orphans.ts')).orphanRoutes },
  { segments: ['saved_searches'], load: async () => (await import('./saved-searches.ts')).savedSearchRoutes },
  { segments: ['task_workers'], load: async () => (await import('./task-workers.ts')).taskWorkerRoutes },
  { segments: ['ui', 'ui-settings'], load: async () => (await import('./ui.ts')).uiRoutes },
  { segments: ['variables'], load: async () => (await import('./variables.ts')).variableRoutes },
  { segments: ['work_pools', 'work_queues'], load: loadWorkPools },
];

async function loadWorkPools(): Promise<Route[]> {
  const [pools, queues, workers] = await Promise.all([
    import('./work-pools.ts'),
    import('./work-queues.ts'),
    import('./workers.ts'),
  ]);
  return [...pools.workPoolRoutes, ...queues.workQueueRoutes, ...workers.workerRoutes];
}

/** All that is not loaded with the function: the other resources and the documentation. */
export const routesAtFirstUse: readonly RoutesAtFirstUse[] = [
  ...otherResources,
  {
    segments: ['openapi.json', 'docs'],
    load: async () => (await import('./openapi/routes.ts')).documentationRoutes(allOperations),
  },
];

/** Every operation of Prefect's API, for what describes or tests the API as a whole. */
export async function allOperations(): Promise<Route[]> {
  const loaded = await Promise.all(otherResources.map(({ load }) => load()));
  return [...everydayRoutes, ...loaded.flat()];
}
