import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Home, startHome } from '../../infra/local/home.ts';
import { makePlace } from '../infra/local/push-pool.ts';
import { openBrowser, visit } from './browser.ts';
import { type Client, client, until } from './things.ts';

/** Longer than any test: what it does in the meantime, the test says in its name. */
const COMMAND = 'sleep 600';

describe('runs on the page, while they happen', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'pushpool-ui-'));
  let home: Home;
  let browser: Browser;
  let api: Client;
  let deployment: string;
  beforeAll(async () => {
    [home, browser] = await Promise.all([
      startHome({ dataFolder: folder, port: 0, stopGraceSeconds: 1 }),
      openBrowser(),
    ]);
    api = client(home);
    const place = await makePlace(home.apiUrl);
    const made = await api.post('/deployments/', {
      ...{ name: 'talks', flow_id: place.flow_id, work_pool_name: 'local', job_variables: { command: COMMAND } },
      enforce_parameter_schema: true,
      parameter_openapi_schema: {
        type: 'object',
        properties: { count: { type: 'integer', title: 'Count', minimum: 1, position: 0 } },
        required: ['count'],
      },
    });
    deployment = made.id;
  });
  afterAll(async () => {
    await browser?.close();
    await home?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const see = (name: string, act: (page: Page) => Promise<void>, expected?: RegExp) =>
    visit(browser, home.apiUrl.replace(/\/api$/, ''), { name, ...(expected && { expected }) }, act);
  const run = async () =>
    (await api.post(`/deployments/${deployment}/create_flow_run`, { parameters: { count: 1 } })).id;
  const stateOf = async (id: string) => (await api.get(`/flow_runs/${id}`)).state_type;

  it('a custom run with a parameter that the schema refuses is not made, and the field says why; with a good one it is', async () => {
    await see(
      'custom-run',
      async (page) => {
        await page.goto(`/deployments/deployment/${deployment}/run`);
        const count = page.getByLabel(/^Count/).first();
        await count.fill('0');
        await page.getByRole('button', { name: 'Submit' }).click();
        await page
          .getByText(/minimum|greater|at least/i)
          .first()
          .waitFor();
        expect(await api.post('/flow_runs/count', {})).toBe(0);

        await count.fill('7');
        await page.getByRole('button', { name: 'Submit' }).click();
        await page.waitForURL(/\/runs\/flow-run\//);
      },
      /409/,
    );

    const [made] = await api.post('/flow_runs/filter', {});
    expect(made.parameters).toEqual({ count: 7 });
    await api.post(`/flow_runs/${made.id}/set_state`, { state: { type: 'CANCELLING' } });
  });

  it('new lines of the log, and the state, show without a reload', async () => {
    const id = await run();
    const log = (message: string) =>
      api.post('/logs/', [
        { name: 'prefect.flow_runs', level: 20, message, timestamp: new Date().toISOString(), flow_run_id: id },
      ]);
    await see('live-logs', async (page) => {
      await page.goto(`/runs/flow-run/${id}`);
      await log('the first line');
      await page.getByText('the first line').waitFor();
      expect(await page.getByText('the second line').count()).toBe(0);

      await log('the second line');
      await page.getByText('the second line').waitFor();
      await api.post(`/flow_runs/${id}/set_state`, { state: { type: 'RUNNING' }, force: true });
      await page.locator('.page-heading-flow-run').getByText('Running').waitFor();
    });

    await api.post(`/flow_runs/${id}/set_state`, { state: { type: 'CANCELLING' } });
  });

  it('is cancelled by its button, with a question first, and retried once it has ended', async () => {
    const id = await run();
    await until(async () => (await api.get(`/flow_runs/${id}`)).infrastructure_pid);
    await see('cancelled', async (page) => {
      await page.goto(`/runs/flow-run/${id}`);
      await page.getByRole('button', { name: 'Cancel', exact: true }).click();
      await page.locator('.p-modal').getByRole('button', { name: 'Confirm' }).click();
      await until(async () => (await stateOf(id)) === 'CANCELLED');
      await page.locator('.page-heading-flow-run').getByText('Cancelled').waitFor();
      await page.getByText('Why it is Cancelled').waitFor();

      await page.getByRole('button', { name: 'Retry', exact: true }).click();
      await page
        .locator('.p-modal')
        .getByRole('button', { name: /Retry|Confirm/ })
        .click();
      await until(async () => ['SCHEDULED', 'PENDING', 'RUNNING'].includes(await stateOf(id)));
    });

    await api.post(`/flow_runs/${id}/set_state`, { state: { type: 'CANCELLING' } });
  });
});
