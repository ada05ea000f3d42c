import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Home, startHome } from '../../infra/local/home.ts';
import { seriousFindings } from './accessibility.ts';
import { openBrowser, settle, visit } from './browser.ts';
import { fillHome, type Things } from './things.ts';

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
    '%s shows "%s", without an error, a failed call, a call to another host or a barrier, light and dark',
    async (template, shows) => {
      await visit(browser, origin(), { name: nameOf(template) }, async (page) => {
        await page.goto(at(template));
        await page.getByText(shows).filter({ visible: true }).first().waitFor();
        await settle(page);
        expect(await seriousFindings(page), 'light').toEqual([]);
        await page.emulateMedia({ colorScheme: 'dark' });
        await page.locator('html.dark').waitFor();
        expect(await seriousFindings(page), 'dark').toEqual([]);
      });
    },
  );

  it('texts in editors are to be seen: the description of a deployment, the JSON of a template', async () => {
    await visit(browser, origin(), { name: 'editors' }, async (page) => {
      await page.goto(at('/deployments/deployment/{deployment}/edit'));
      const description = page.locator('.p-code-input__view', { hasText: 'Every night' });
      await description.waitFor();
      expect((await description.boundingBox())?.height).toBeGreaterThan(10);
    });
  });

  it.each(['/dashboard', '/runs', '/runs/flow-run/{failed}', '/work-pools/work-pool/local', '/settings'])(
    '%s fits a narrow screen: nothing scrolls sideways, and the menu opens by the keyboard',
    async (template) => {
      await visit(browser, origin(), { name: `narrow${nameOf(template)}`, width: 390, height: 844 }, async (page) => {
        await page.goto(at(template));
        await settle(page);
        const sizes = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
        expect(await page.evaluate(sizes)).toBeLessThanOrEqual(0);

        await page.getByRole('button', { name: 'Menu' }).press('Enter');
        await page.getByRole('link', { name: 'Work Pools' }).first().waitFor();
      });
    },
  );
});

function nameOf(template: string): string {
  return template.replaceAll(/[^A-Za-z]+/g, '-').replace(/^-|-$/g, '') || 'home';
}
