import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Home, startHome } from '../../infra/local/home.ts';
import { barriers } from './accessibility.ts';
import { openBrowser, settle, visit } from './browser.ts';
import { client, fillHome, type Things } from './things.ts';

/** Every page, and what a person must see there. */
const PAGES: readonly (readonly [path: string, shows: string])[] = [
  ['/', 'Dashboard'],
  ['/runs', 'plain-run'],
  ['/runs/flow-run/{failed}', 'exited with code 3'],
  ['/runs/task-run/{taskRun}', 'a-task'],
  ['/flows', 'plain'],
  ['/flows/flow/{flow}', 'plain'],
  ['/deployments', 'nightly'],
  ['/deployments/deployment/{deployment}', 'nightly'],
  ['/deployments/deployment/{deployment}/edit', 'nightly'],
  ['/deployments/deployment/{deployment}/run', 'nightly'],
  ['/work-pools', 'local'],
  ['/work-pools/create', 'AWS Elastic Container Service - Push'],
  ['/work-pools/work-pool/local', 'local'],
  ['/work-pools/work-pool/local/edit', 'local'],
  ['/work-pools/work-pool/local/queue/default', 'default'],
  ['/work-pools/work-pool/local/queue/default/edit', 'default'],
  ['/work-pools/work-pool/local/queue/create', 'Priority'],
  ['/blocks', 'api-password'],
  ['/blocks/catalog', 'AWS Credentials'],
  ['/blocks/catalog/aws-credentials', 'AWS Credentials'],
  ['/blocks/catalog/aws-credentials/create', 'Region Name'],
  ['/blocks/block/{block}', 'api-password'],
  ['/blocks/block/{block}/edit', 'api-password'],
  ['/variables', 'region'],
  ['/concurrency-limits', 'database'],
  ['/concurrency-limits/concurrency-limit/{tagLimit}', 'heavy'],
  ['/automations', 'Tell somebody'],
  ['/automations/create', 'Flow run state'],
  ['/automations/automation/{automation}/edit', 'Tell somebody'],
  ['/automations/automation/{automation}', 'Tell somebody'],
  ['/events', 'Event Feed'],
  ['/events/event/{day}/{event}', 'prefect.flow-run'],
  ['/artifacts', 'report'],
  ['/artifacts/artifact/{artifact}', 'report'],
  ['/artifacts/key/report', 'report'],
  ['/settings', 'API keys'],
  ['/no/such/page', 'There is no such page'],
];

/** The tabs of a page, and what each of them shows. */
const TABS: readonly (readonly [path: string, tab: string, shows: string])[] = [
  ['/runs/flow-run/{failed}', 'Task Runs', 'a-task'],
  ['/runs/flow-run/{failed}', 'Subflow Runs', 'No runs found'],
  ['/runs/flow-run/{failed}', 'Artifacts', 'report'],
  ['/runs/flow-run/{failed}', 'Timeline', 'Where the time went'],
  ['/runs/flow-run/{failed}', 'Details', 'Flow Run ID'],
  ['/runs/flow-run/{failed}', 'Parameters', '{}'],
  ['/runs/flow-run/{failed}', 'Job Variables', 'exit 3'],
  ['/runs/task-run/{taskRun}', 'Artifacts', 'did not produce any artifacts'],
  ['/runs/task-run/{taskRun}', 'Details', 'Task Run ID'],
  ['/runs/task-run/{taskRun}', 'Task Inputs', '{}'],
  ['/flows/flow/{flow}', 'Deployments', 'nightly'],
  ['/flows/flow/{flow}', 'Details', 'Flow ID'],
  ['/deployments/deployment/{deployment}', 'Upcoming', 'auto-scheduled'],
  ['/deployments/deployment/{deployment}', 'Parameters', 'integer'],
  ['/deployments/deployment/{deployment}', 'Configuration', 'Pull Steps'],
  ['/deployments/deployment/{deployment}', 'Description', 'Every night'],
  ['/deployments/deployment/{deployment}', 'Details', 'Deployment ID'],
  ['/work-pools/work-pool/local', 'Work Queues', 'default'],
  ['/work-pools/work-pool/local', 'Deployments', 'nightly'],
  ['/work-pools/work-pool/local', 'Details', 'Base Job Configuration'],
  ['/work-pools/work-pool/local/edit', 'Advanced', 'This is the JSON representation'],
  ['/work-pools/work-pool/local/queue/default', 'Runs', 'plain-run'],
  ['/work-pools/work-pool/local/queue/default', 'Details', 'Work Queue ID'],
  ['/concurrency-limits', 'Task Run', 'heavy'],
  ['/events/event/{day}/{event}', 'Raw', 'initial_state'],
  ['/artifacts/artifact/{artifact}', 'Details', 'Last Updated'],
];

describe('every page of a home with things in it', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'pushpool-ui-'));
  let home: Home;
  let browser: Browser;
  let things: Things;
  beforeAll(async () => {
    [home, browser] = await Promise.all([startHome({ dataFolder: folder, port: 0 }), openBrowser()]);
    things = await fillHome(home);
  });
  afterAll(async () => {
    await browser?.close();
    await home?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const origin = () => home.apiUrl.replace(/\/api$/, '');
  const at = (template: string) =>
    template.replaceAll(/\{(\w+)\}/g, (_match, name: keyof Things) => things[name] ?? `no ${name}`);

  it.each(PAGES)(
    '%s shows "%s", without an error, a failed call, a call to another host or a barrier, light, dark and narrow',
    async (template, shows) => {
      await visit(browser, origin(), { name: nameOf(template) }, async (page) => {
        await page.goto(at(template));
        await page.getByText(shows).filter({ visible: true }).first().waitFor();
        await settle(page);
        expect(await barriers(page)).toEqual([]);
      });
    },
  );

  it.each(TABS)('%s shows under "%s" "%s", as free of barriers', async (template, tab, shows) => {
    await visit(browser, origin(), { name: `${nameOf(template)}-${nameOf(tab)}` }, async (page) => {
      await page.goto(at(template));
      await page.locator('main').getByRole('tab', { name: tab, exact: true }).click();
      await page.getByText(shows).filter({ visible: true }).first().waitFor();
      await settle(page);
      expect(await barriers(page)).toEqual([]);
    });
  });

  it('the dashboard says to the second how long ago a run began', async () => {
    const { start_time } = await client(home).get(`/flow_runs/${things.failed}`);
    const began = Date.parse(start_time);
    // Far from whole minutes, and soon after it began.
    const now = Math.ceil((began - 19_000) / 30_000) * 30_000 + 20_000;
    await visit(browser, origin(), { name: 'ago' }, async (page) => {
      await page.clock.setFixedTime(now);
      await page.goto('/dashboard');
      await page.getByText(`${Math.floor((now - began) / 1000)}s ago`, { exact: true }).waitFor();
    });
  });

  it('texts in editors are to be seen: the description of a deployment, the JSON of a template', async () => {
    await visit(browser, origin(), { name: 'editors' }, async (page) => {
      await page.goto(at('/deployments/deployment/{deployment}/edit'));
      const description = page.locator('.p-code-input__view', { hasText: 'Every night' });
      await description.waitFor();
      expect((await description.boundingBox())?.height).toBeGreaterThan(10);
    });
  });

  it('on a narrow screen the menu opens by the keyboard', async () => {
    await visit(browser, origin(), { name: 'narrow', width: 390, height: 844 }, async (page) => {
      await page.goto('/dashboard');
      await page.getByRole('button', { name: 'Menu' }).press('Enter');
      await page.getByRole('link', { name: 'Work Pools' }).first().waitFor();
    });
  });
});

function nameOf(template: string): string {
  return template.replaceAll(/[^A-Za-z]+/g, '-').replace(/^-|-$/g, '') || 'home';
}
