import { adminRoutes } from './admin.ts';
import { apiKeyRoutes } from './api-keys.ts';
import { artifactRoutes } from './artifacts.ts';
import { automationRoutes } from './automations.ts';
import { blockDocumentRoutes } from './block-documents.ts';
import { blockSchemaRoutes } from './block-schemas.ts';
import { blockTypeRoutes } from './block-types.ts';
import { collectionRoutes } from './collections.ts';
import { concurrencyLimitRoutes } from './concurrency-limits.ts';
import { concurrencyLimitV2Routes } from './concurrency-limits-v2.ts';
import { deploymentRoutes } from './deployments.ts';
import { eventRoutes } from './events.ts';
import { flowRunInputRoutes } from './flow-run-inputs.ts';
import { flowRunRoutes } from './flow-runs.ts';
import { flowRoutes } from './flows.ts';
import { logRoutes } from './logs.ts';
import { documentationRoutes } from './openapi/routes.ts';
import type { Route } from './route.ts';
import { savedSearchRoutes } from './saved-searches.ts';
import { taskRunRoutes } from './task-runs.ts';
import { taskWorkerRoutes } from './task-workers.ts';
import { uiRoutes } from './ui.ts';
import { variableRoutes } from './variables.ts';
import { workPoolRoutes } from './work-pools.ts';
import { workQueueRoutes } from './work-queues.ts';
import { workerRoutes } from './workers.ts';

/** What Prefect's API does, one file a resource. */
export const operations: Route[] = [
  ...flowRoutes,
  ...deploymentRoutes,
  ...flowRunRoutes,
  ...flowRunInputRoutes,
  ...variableRoutes,
  ...eventRoutes,
  ...logRoutes,
  ...taskRunRoutes,
  ...taskWorkerRoutes,
  ...workPoolRoutes,
  ...workQueueRoutes,
  ...workerRoutes,
  ...collectionRoutes,
  ...adminRoutes,
  ...apiKeyRoutes,
  ...artifactRoutes,
  ...automationRoutes,
  ...blockDocumentRoutes,
  ...blockSchemaRoutes,
  ...blockTypeRoutes,
  ...concurrencyLimitRoutes,
  ...concurrencyLimitV2Routes,
  ...savedSearchRoutes,
  ...uiRoutes,
];

/** Every operation of the API, and its documentation. */
export const routes: Route[] = [...operations, ...documentationRoutes(operations)];
