import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Home, startHome } from '../../infra/local/home.ts';
import { createApiKey } from '../../shared/operations/access/api-keys.ts';
import { openBrowser, settle, visit } from './browser.ts';

describe('the page of a home that asks for keys', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'pushpool-ui-'));
  const keys: Record<string, string> = {};
  let home: Home;
  let browser: Browser;
  beforeAll(async () => {
    [home, browser] = await Promise.all([
      startHome({ dataFolder: folder, port: 0, authRequired: true }),
      openBrowser(),
    ]);
    for (const role of ['viewer', 'editor', 'admin'] as const) {
      keys[role] = (await createApiKey(home.app, { name: `the-${role}`, role })).key;
    }
    const made = await fetch(`${home.apiUrl}/work_pools/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${keys['admin']}` },
      body: JSON.stringify({ name: 'pool', type: 'process:push' }),
    });
    expect(made.status).toBe(201);
  });
  afterAll(async () => {
    await browser?.close();
    await home?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const see = (name: string, options: { key?: string; expected?: RegExp }, act: (page: Page) => Promise<void>) =>
    visit(browser, home.apiUrl.replace(/\/api$/, ''), { name, ...options }, act);

  it('shows nothing before it has a key, refuses one that the server does not know, and goes where one wanted', async () => {
    await see('sign-in', { expected: /401/ }, async (page) => {
      await page.goto('/work-pools');
      await page.getByLabel('API key').fill('ppk_wrong');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByText('The server does not know this key').waitFor();

      await page.getByLabel('API key').fill(keys['editor']!);
      await page.keyboard.press('Enter');
      await page
        .getByRole('heading', { name: 'Work Pools' })
        .or(page.getByText('Work Pools').first())
        .first()
        .waitFor();
      await page.getByText('pool', { exact: true }).first().waitFor();
      expect(new URL(page.url()).pathname).toBe('/work-pools');
      expect(await page.evaluate('JSON.stringify(localStorage) + document.cookie')).not.toContain('ppk_');
      const other = await page.context().newPage();
      await other.goto('/work-pools');
      await other.getByLabel('API key').waitFor();
      await other.close();

      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByLabel('API key').waitFor();
    });
  });

  it.each([
    ['viewer', false],
    ['editor', true],
  ] as const)('shows buttons that change something to a key that may: %s, %s', async (role, changes) => {
    await see(`as-${role}`, { key: keys[role]! }, async (page) => {
      for (const route of ['/work-pools', '/blocks', '/variables', '/automations']) {
        await page.goto(route);
        await settle(page);
        const buttons = page.locator('main').getByRole('button', { name: /create|add|new|choose from/i });
        expect((await buttons.count()) > 0, route).toBe(changes);
      }
      await page.goto('/settings');
      await page.getByText('PREFECT_API_URL').waitFor();
      expect(await page.getByText('Create key').count()).toBe(0);
    });
  });

  it('lets an admin make a key, shown once, and revoke it', async () => {
    await see('keys', { key: keys['admin']! }, async (page) => {
      page.on('dialog', (dialog) => void dialog.accept());
      await page.goto('/settings');
      await page.getByLabel('Name', { exact: true }).fill('ci');
      await page.getByLabel('Role').selectOption('viewer');
      await page.getByRole('button', { name: 'Create key' }).click();
      const shown = page.getByText(/^ppk_/);
      await shown.waitFor();
      const made = await shown.textContent();
      const answer = await fetch(`${home.apiUrl}/api_keys/own`, { headers: { authorization: `Bearer ${made}` } });
      expect(await answer.json()).toEqual({ role: 'viewer' });

      await page.reload();
      await page.getByRole('cell', { name: 'ci', exact: true }).waitFor();
      expect(await page.getByText(/^ppk_/).count()).toBe(0);

      await page.getByRole('button', { name: 'Revoke ci' }).click();
      await page.getByText(/^revoked/).waitFor();
    });
  });
});
