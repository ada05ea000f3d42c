import type { Page } from 'playwright-core';
import type { World } from './world.ts';

/** One page that a person opens. */
export interface Visit {
  readonly path: string;
  /** In place of the path, where one page is opened for several things. */
  readonly name?: string;
  /** Texts that a person must see there. */
  readonly shows: readonly (string | RegExp)[];
  /** What the person does once all of them are shown. */
  readonly act?: (page: Page) => Promise<void>;
}

/** Waits until a person sees the text. */
export async function seen(page: Page, text: string | RegExp): Promise<void> {
  const places = page.getByText(text).filter({ visible: true });
  await places
    .first()
    .waitFor()
    .catch((error: Error) => {
      throw new Error(`${page.url()} does not show "${text}": ${error.message.split('\n')[0]}`);
    });
}

/** Every page of a bundle, with what a person must see on it. */
export function visits(world: World): Visit[] {
  const run = `/runs/flow-run/${world.run}`;
  const tab = (path: string, name: string, ...texts: string[]): Visit => ({
    path,
    name: `${path} ${name}`,
    shows: ['local', name],
    act: async (page) => {
      await page.locator('[role=tab], .p-tab').filter({ hasText: name, visible: true }).first().click();
      for (const text of texts) await seen(page, text);
    },
  });
  return [
    { path: '/dashboard', shows: ['Flow Runs', /3\s*total/, 'Task Runs', /^3$/, 'local'] },
    { path: '/runs', shows: ['shown', 'broken', 'remembered', 'Completed', 'Failed'] },
    { path: `/runs/flow-run/${world.failedRun}`, shows: ['the numbers do not add up'] },
    tab(run, 'Logs', 'counted 8 letters'),
    tab(run, 'Task Runs', 'add-'),
    tab(run, 'Subflow Runs', 'remembered'),
    tab(run, 'Artifacts', 'Half way there'),
    tab(run, 'Parameters', 'three'),
    tab(run, 'Details', 'Flow Run ID'),
    { path: `/runs/task-run/${world.taskRun}`, shows: ['add-'] },
    { path: '/flows', shows: ['shown', 'broken', 'remembered'] },
    { path: `/flows/flow/${world.flow}`, shows: ['shown', 'daily'] },
    { path: '/deployments', shows: ['daily', 'by-hand'] },
    { path: `/deployments/deployment/${world.deployment}`, shows: ['daily', /At 0?6:00 AM/] },
    { path: `/deployments/deployment/${world.deployment}/edit`, shows: ['daily'] },
    { path: `/deployments/deployment/${world.deployment}/duplicate`, shows: ['daily'] },
    { path: `/deployments/deployment/${world.deployment}/run`, shows: ['words'] },
    { path: '/work-pools', shows: ['local', 'elsewhere'] },
    { path: '/work-pools/create', shows: ['AWS Elastic Container Service - Push'] },
    tab('/work-pools/work-pool/local', 'Work Queues', 'default', 'urgent'),
    { path: '/work-pools/work-pool/local/edit', shows: ['local'] },
    { path: '/work-pools/work-pool/local/queue/urgent', shows: ['Before all others'] },
    { path: '/work-pools/work-pool/local/queue/urgent/edit', shows: ['urgent'] },
    { path: '/work-pools/work-pool/local/queue/create', shows: ['local'] },
    { path: '/blocks', shows: ['database-password'] },
    { path: '/blocks/catalog', shows: ['AWS Credentials'] },
    { path: '/blocks/catalog/aws-credentials', shows: ['AWS Credentials'] },
    { path: '/blocks/catalog/aws-credentials/create', shows: ['Region Name'] },
    { path: `/blocks/block/${world.block}`, shows: ['database-password'] },
    { path: `/blocks/block/${world.block}/edit`, shows: ['database-password'] },
    { path: '/variables', shows: ['greeting'] },
    { path: '/concurrency-limits', shows: ['database'] },
    { path: `/concurrency-limits/concurrency-limit/${world.tagLimit}`, shows: ['counted'] },
    { path: '/automations', shows: ['watch the broken'] },
    { path: `/automations/automation/${world.automation}`, shows: ['watch the broken'] },
    { path: `/automations/automation/${world.automation}/edit`, shows: ['watch the broken'] },
    { path: '/automations/create', shows: ['Automation'] },
    { path: '/events', shows: ['Flow run completed'] },
    { path: `/events/event/${world.event.day}/${world.event.id}`, shows: ['Flow run completed'] },
    { path: '/artifacts', shows: ['total', 'lengths'] },
    { path: '/artifacts/key/total', shows: ['What was counted'] },
    { path: `/artifacts/artifact/${world.artifact}`, shows: ['length'] },
    { path: '/settings', shows: ['3.8.8'] },
  ];
}
