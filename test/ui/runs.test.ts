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
  let flow: string;
  beforeAll(async () => {
    [home, browser] = await Promise.all([
      startHome({ dataFolder: folder, port: 0, cancelGraceSeconds: 1, stopGraceSeconds: 1 }),
      openBrowser(),
    ]);
    api = client(home);
    const place = await makePlace(home.apiUrl);
    flow = place.flow_id;
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

  it('the graph of its task runs is drawn, in the dark too, by a page that may not compile text', async () => {
    const run = await api.post('/flow_runs/', { flow_id: flow, name: 'drawn', state: { type: 'RUNNING' } });
    for (const [name, type] of [
      ['first', 'COMPLETED'],
      ['second', 'FAILED'],
    ] as const)
      await api.post('/task_runs/', { flow_run_id: run.id, name, task_key: name, dynamic_key: '0', state: { type } });

    await see('graph', async (page) => {
      const answer = await page.goto(`/runs/flow-run/${run.id}`);
      expect(answer?.headers()['content-security-policy']).not.toContain('eval');
      const canvas = page.locator('canvas').first();
      await canvas.waitFor();
      // Green for the task that completed, red for the one that failed.
      const clip = (await canvas.boundingBox())!;
      const colours = async () => await coloursOf(page, (await page.screenshot({ clip })).toString('base64'));
      await until(async () => (await colours()).green > 50);
      expect((await colours()).red).toBeGreaterThan(50);

      // Names stay readable when the system turns dark.
      await page.emulateMedia({ colorScheme: 'dark' });
      await until(async () => (await colours()).white > 50);
    });
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

/** How many points of a picture are clearly green, clearly red, and all but white. */
function coloursOf(page: Page, picture: string): Promise<{ green: number; red: number; white: number }> {
  return page.evaluate(`(async () => {
    const bytes = Uint8Array.from(atob('${picture}'), (letter) => letter.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes]));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    const found = { green: 0, red: 0, white: 0 };
    for (let at = 0; at < data.length; at += 4) {
      const [red, green, blue] = [data[at], data[at + 1], data[at + 2]];
      if (green > 120 && red < 80 && blue < 110) found.green++;
      if (red > 180 && green < 60 && blue < 80) found.red++;
      if (red > 220 && green > 220 && blue > 220) found.white++;
    }
    return found;
  })()`);
}
