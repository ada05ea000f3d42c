import { queue as toasts } from '@prefecthq/prefect-design';
import { createWorkspaceRouteRecords } from '@prefecthq/prefect-ui-library';
import { createRouter, createWebHistory, RouterView } from 'vue-router';
import { session } from './session.ts';

/** Each page is loaded when it is opened. */
const records = createWorkspaceRouteRecords({
  dashboard: () => import('./pages/dashboard.vue'),
  runs: () => import('./pages/runs.vue'),
  flowRun: () => import('./pages/flow-run.vue'),
  taskRun: () => import('./pages/task-run.vue'),
  flows: () => import('./pages/flows.vue'),
  flow: () => import('./pages/flow.vue'),
  deployments: () => import('./pages/deployments.vue'),
  deployment: () => import('./pages/deployment.vue'),
  deploymentEdit: () => import('./pages/deployment-edit.vue'),
  deploymentFlowRunCreate: () => import('./pages/deployment-run.vue'),
  workPools: () => import('./pages/work-pools.vue'),
  workPool: () => import('./pages/work-pool.vue'),
  workPoolCreate: () => import('./pages/work-pool-create.vue'),
  workPoolEdit: () => import('./pages/work-pool-edit.vue'),
  workPoolQueue: () => import('./pages/work-pool-queue.vue'),
  workPoolQueueCreate: () => import('./pages/work-pool-queue-create.vue'),
  workPoolQueueEdit: () => import('./pages/work-pool-queue-edit.vue'),
  blocks: () => import('./pages/blocks.vue'),
  blocksCatalog: () => import('./pages/blocks-catalog.vue'),
  blocksCatalogView: () => import('./pages/block-type.vue'),
  blockCreate: () => import('./pages/block-create.vue'),
  block: () => import('./pages/block.vue'),
  blockEdit: () => import('./pages/block-edit.vue'),
  variables: () => import('./pages/variables.vue'),
  concurrencyLimits: () => import('./pages/concurrency-limits.vue'),
  concurrencyLimit: () => import('./pages/concurrency-limit.vue'),
  events: () => import('./pages/events.vue'),
  event: () => import('./pages/event.vue'),
  artifacts: () => import('./pages/artifacts.vue'),
  artifact: () => import('./pages/artifact.vue'),
  artifactKey: () => import('./pages/artifact-key.vue'),
  automations: () => import('./pages/automations.vue'),
  automationCreate: () => import('./pages/automation-create.vue'),
  automation: () => import('./pages/automation.vue'),
  automationEdit: () => import('./pages/automation-edit.vue'),
});

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', component: RouterView, redirect: '/dashboard', children: records as never[] },
    { path: '/settings', name: 'settings', component: () => import('./pages/settings.vue') },
    { path: '/sign-in', name: 'sign-in', component: () => import('./pages/sign-in.vue'), meta: { open: true } },
    { path: '/:path(.*)*', name: 'not-found', component: () => import('./pages/not-found.vue') },
  ],
});

let entered = false;

/** Where the API asks for a key, nothing is shown before one is given; a key that ends later is asked for again. */
router.beforeEach(async (to) => {
  if (to.meta['open'] || entered) return true;
  const standing = await session.enter(session.key.value);
  if (standing === 'unknown') return { name: 'sign-in', query: { to: to.fullPath } };
  entered = standing === 'known';
  return true;
});

/** What was refused on a page stays until it is closed, or left. */
router.afterEach((to, from) => {
  if (to.path === from.path) return;
  for (const { type, dismiss } of [...toasts]) if (type === 'error') dismiss();
});

/** The key is no longer good, or was given back: the next page asks for one. */
export function leave(): void {
  session.signOut();
  entered = false;
  const { name, fullPath } = router.currentRoute.value;
  if (name !== 'sign-in') void router.push({ name: 'sign-in', query: { to: fullPath } });
}
