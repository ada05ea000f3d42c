import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { makePlace } from '../infra/local/push-pool.ts';
import { seriousFindings } from './accessibility.ts';
import { pageOfHome } from './page-of-home.ts';
import { until } from './things.ts';

describe('what is changed on the page', () => {
  const there = pageOfHome();
  const see = (name: string, act: (page: Page) => Promise<void>) =>
    there.see({ name: `change-${name}`, height: 1100 }, act);
  let flow: string;
  let deployment: string;
  beforeAll(async () => {
    const place = await makePlace(there.home.apiUrl);
    flow = place.flow_id;
    const made = await there.api.post('/deployments/', {
      ...{ name: 'nightly', flow_id: flow, work_pool_name: 'local', entrypoint: 'flow.py:plain' },
      schedules: [{ schedule: { cron: '0 3 * * *', timezone: 'Europe/Berlin' }, active: true }],
    });
    deployment = made.id;
  });

  it('a filter of runs is saved with a name, found again by its address and by its name, and deleted', async () => {
    await there.api.post('/flow_runs/', { flow_id: flow, name: 'went-well', state: { type: 'COMPLETED' } });
    await there.api.post('/flow_runs/', { flow_id: flow, name: 'went-wrong', state: { type: 'FAILED' } });
    await see('saved-filter', async (page) => {
      await page.goto('/runs');
      await page.getByText('went-well').waitFor();
      await page.getByText('Filters, and those that were saved').click();
      await page.locator('.p-select-button', { hasText: 'All run states' }).first().click();
      await page.locator('.p-select-option', { hasText: /^\s*Failed\s*$/ }).click();
      await page.keyboard.press('Escape');
      await page.getByText('went-well').waitFor({ state: 'detached' });
      await page.getByText('went-wrong').waitFor();
      expect(page.url()).toMatch(/Failed/);

      await page.getByRole('button', { name: 'More actions' }).first().click();
      await page.getByText('Save View').click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('textbox').fill('Went wrong');
      expect(await seriousFindings(page)).toEqual([]);
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog.waitFor({ state: 'detached' });

      await page.goto('/runs');
      await page.getByText('went-well').waitFor();
      await page.getByText('Filters, and those that were saved').click();
      await page.getByText('Past week (default)').click();
      await page.locator('.p-select-option', { hasText: 'Went wrong' }).click();
      await page.getByText('went-well').waitFor({ state: 'detached' });

      await page.getByRole('button', { name: 'More actions' }).first().click();
      await page.getByText('Delete View').click();
      await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
      await until(async () => (await there.api.post('/saved_searches/filter', {})).length === 0);
    });
  });

  it('a schedule: its time, and whether it is active', async () => {
    const schedules = async () => (await there.api.get(`/deployments/${deployment}`)).schedules;
    await see('schedule', async (page) => {
      await page.goto(`/deployments/deployment/${deployment}`);
      await page.getByRole('tab', { name: 'Details' }).click();
      await page.getByText('At 03:00 AM every day').waitFor();
      await page.getByRole('button', { name: 'More actions' }).last().click();
      await page.locator('.p-overflow-menu-item', { hasText: 'Edit' }).click();
      const dialog = page.getByRole('dialog', { name: 'Edit schedule' });
      await dialog.getByLabel('Value').fill('30 4 * * *');
      await dialog.getByText('At 04:30 AM every day').waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      await dialog.getByRole('button', { name: 'Save' }).click();
      await page.locator('main').getByText('At 04:30 AM every day').waitFor();
      expect(await schedules()).toMatchObject([
        { schedule: { cron: '30 4 * * *', timezone: 'Europe/Berlin' }, active: true },
      ]);

      await page.locator('main').getByRole('switch').first().click();
      await until(async () => (await schedules())[0].active === false);
    });
  });

  it('a deployment: its description and its limit; its name and schedules stay', async () => {
    const before = await there.api.get(`/deployments/${deployment}`);
    await see('deployment', async (page) => {
      await page.goto(`/deployments/deployment/${deployment}/edit`);
      await page.getByLabel(/^Concurrency Limit \(/).fill('2');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.waitForURL(/\/deployments\/deployment\/[^/]+$/);
    });

    const after = await there.api.get(`/deployments/${deployment}`);
    expect(after).toMatchObject({ name: before.name, entrypoint: before.entrypoint, schedules: before.schedules });
    expect(after.global_concurrency_limit.limit).toBe(2);
  });

  it('a global limit and a limit of task runs are created and show in their lists', async () => {
    await see('limits', async (page) => {
      await page.goto('/concurrency-limits');
      await page.getByRole('button', { name: 'Create a global limit' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Name').fill('database');
      await dialog.getByLabel('Concurrency Limit').fill('4');
      await dialog.getByRole('button', { name: 'Create' }).click();
      await dialog.waitFor({ state: 'detached' });
      await page.getByRole('cell', { name: 'database', exact: true }).waitFor();

      await page.getByRole('tab', { name: 'Task Run' }).click();
      await page.getByRole('button', { name: 'Create a limit of task runs' }).click();
      await dialog.getByLabel('Tag').fill('heavy');
      await dialog.getByLabel('Concurrency Limit').fill('2');
      expect(await seriousFindings(page)).toEqual([]);
      await dialog.getByRole('button', { name: 'Add' }).click();
      await dialog.waitFor({ state: 'detached' });
      await page.getByRole('cell', { name: 'heavy' }).waitFor();
    });

    expect(await there.api.get('/v2/concurrency_limits/database')).toMatchObject({ limit: 4, active: true });
    expect(await there.api.get('/concurrency_limits/tag/heavy')).toMatchObject({ concurrency_limit: 2 });
  });

  it('a work queue and a variable are created and show in their lists', async () => {
    // The form asks whether the variable's name is free: 404 says that it is.
    const expected = /404/;
    await there.see({ name: 'change-queue-and-variable', expected }, async (page) => {
      await page.goto('/work-pools/work-pool/local/queue/create');
      await page.getByLabel('Name').last().fill('urgent');
      await page.getByRole('button', { name: 'Create', exact: true }).last().click();
      await page.waitForURL(/\/queue\/urgent$/);
      await page.goto('/work-pools/work-pool/local');
      await page.getByRole('tab', { name: 'Work Queues' }).click();
      await page.getByRole('link', { name: 'urgent' }).filter({ visible: true }).first().waitFor();

      await page.goto('/variables');
      await page.getByText('There are no variables yet').waitFor();
      await page.getByRole('main').getByRole('button').first().click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Name').fill('region');
      await dialog.getByLabel('Value').fill('"eu-central-1"');
      await dialog.getByRole('button', { name: 'Create' }).click();
      await dialog.waitFor({ state: 'detached' });
      await page.getByRole('cell', { name: 'region', exact: true }).waitFor();
    });

    expect(await there.api.get('/work_pools/local/queues/urgent')).toMatchObject({ name: 'urgent', is_paused: false });
    expect(await there.api.get('/variables/name/region')).toMatchObject({ value: 'eu-central-1' });
  });

  it('what a run left is on its page, and opens', async () => {
    const run = await there.api.post('/flow_runs/', { flow_id: flow, name: 'leaves', state: { type: 'COMPLETED' } });
    await there.api.post('/artifacts/', {
      ...{ key: 'report', type: 'table', flow_run_id: run.id, description: 'What **was** found' },
      data: JSON.stringify([{ city: 'Kyoto', found: 7 }]),
    });
    await see('artifacts', async (page) => {
      await page.goto(`/runs/flow-run/${run.id}`);
      await page.getByRole('tab', { name: 'Artifacts' }).click();
      await page.locator('main').getByText('report').click();
      await page.waitForURL(/\/artifacts\/artifact\//);
      await page.getByText('Kyoto').waitFor();
      expect(await seriousFindings(page)).toEqual([]);
    });
  });

  it('the colours of states are chosen in the settings, and stay chosen', async () => {
    await see('settings', async (page) => {
      await page.goto('/settings');
      await page.getByText(`export PREFECT_API_URL=${there.home.apiUrl}`).waitFor();
      await page.getByText(/It speaks the API of Prefect 3\.\d+\.\d+/).waitFor();
      await page.getByLabel('Colours of states').selectOption('deuteranopia');
      await page.reload();
      await page.locator('body.color-mode-deuteranopia').waitFor();
      expect(await page.getByLabel('Colours of states').inputValue()).toBe('deuteranopia');
    });
  });
});
