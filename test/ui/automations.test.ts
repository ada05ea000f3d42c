import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Home, startHome } from '../../infra/local/home.ts';
import { makePlace } from '../infra/local/push-pool.ts';
import { openBrowser, visit } from './browser.ts';
import { type Client, client, until } from './things.ts';

describe('an automation, from its form to its end', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'pushpool-ui-'));
  let home: Home;
  let browser: Browser;
  let api: Client;
  beforeAll(async () => {
    [home, browser] = await Promise.all([startHome({ dataFolder: folder, port: 0 }), openBrowser()]);
    api = client(home);
    await makePlace(home.apiUrl);
  });
  afterAll(async () => {
    await browser?.close();
    await home?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const see = (name: string, act: (page: Page) => Promise<void>, expected?: RegExp) =>
    visit(browser, home.apiUrl.replace(/\/api$/, ''), { name, height: 1100, ...(expected && { expected }) }, act);
  const all = () => api.post('/automations/filter', {});

  it('is made with its form, for the states and the action that were chosen', async () => {
    await see('automation-made', async (page) => {
      await page.goto('/automations');
      await page.getByText('There are no automations yet').waitFor();
      await page.getByText('Create an automation').click();
      await page.getByLabel('Name', { exact: true }).fill('Pause the pool');
      await page.getByLabel('Description').fill('When a run fails');
      await choose(page, /All run states/, 'Failed');
      await page.getByRole('heading', { name: 'When' }).click(); // several may be chosen: it stays open
      await choose(page, /Cancel a flow run/, 'Pause a work pool');
      await choose(page, /Infer Work Pool/, 'local');
      await page.getByRole('button', { name: 'Create', exact: true }).click();

      await page.waitForURL(/\/automations\/automation\//);
      await page.getByText('As stored').first().click();
      await page.getByText('prefect.flow-run.Failed').waitFor();
    });

    const [made] = await all();
    expect(made).toMatchObject({
      ...{ name: 'Pause the pool', description: 'When a run fails', enabled: true },
      trigger: { type: 'event', posture: 'Reactive', expect: ['prefect.flow-run.Failed'] },
      actions: [{ type: 'pause-work-pool', source: 'selected' }],
    });
    expect(made.actions[0].work_pool_id).toBe((await api.get('/work_pools/local')).id);
  });

  it('is edited: what is not touched stays', async () => {
    const [before] = await all();
    await see('automation-edited', async (page) => {
      await page.goto(`/automations/automation/${before.id}/edit`);
      const name = page.getByLabel('Name', { exact: true });
      await expect.poll(() => name.inputValue()).toBe('Pause the pool');
      await name.fill('Hold the pool');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.waitForURL(new RegExp(`${before.id}$`));
      await page.getByText('Hold the pool').first().waitFor();
    });

    const [after] = await all();
    const trigger = { ...before.trigger, id: after.trigger.id }; // a trigger that is stored is a new one
    expect(after).toEqual({ ...before, name: 'Hold the pool', updated: after.updated, trigger });
  });

  it('is paused and resumed by its switch', async () => {
    await see('automation-paused', async (page) => {
      await page.goto('/automations');
      await page.getByRole('switch').click();
      await until(async () => (await all())[0].enabled === false);
      await page.getByRole('switch').click();
      await until(async () => (await all())[0].enabled === true);
    });
  });

  it('is deleted after a question', async () => {
    await see('automation-deleted', async (page) => {
      await page.goto('/automations');
      await page.getByRole('button', { name: 'More actions' }).click();
      await page.getByText('Delete', { exact: true }).click();
      await page.locator('.p-modal').getByRole('button', { name: 'Delete' }).click();
      await until(async () => (await all()).length === 0);
      await page.getByText('There are no automations yet').waitFor();
    });
  });

  it('that the server refuses is not made, and the page says why in its words', async () => {
    await see(
      'automation-refused',
      async (page) => {
        await page.goto('/automations/create');
        await page.getByLabel('Name', { exact: true }).fill('Tell nobody');
        await choose(page, /Cancel a flow run/, 'Send a notification');
        await page.getByRole('button', { name: 'Create', exact: true }).click();
        await page.getByRole('alert').getByText('block_document_id').waitFor();
      },
      /422/,
    );

    expect(await all()).toEqual([]);
  });
});

/** Opens the select that shows a text, and takes one of its options. */
async function choose(page: Page, shows: RegExp, option: string): Promise<void> {
  await page.locator('.p-select-button', { hasText: shows }).last().click();
  await page
    .locator('.p-select-option', { hasText: new RegExp(`^\\s*${option}\\s*$`) })
    .first()
    .click();
}
