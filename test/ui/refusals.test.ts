import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { call, makePlace } from '../infra/local/push-pool.ts';
import { pageOfHome } from './page-of-home.ts';
import { storeBlock } from './things.ts';

/** A form that is filled in so that the server refuses it. */
interface Refusal {
  readonly form: string;
  readonly route: string;
  readonly act: (page: Page) => Promise<void>;
  readonly says: string;
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).last().click();
const fill = (page: Page, label: string | RegExp, value: string) => page.getByLabel(label).last().fill(value);

async function makeGlobalLimit(page: Page, name: string): Promise<void> {
  await press(page, 'Create a global limit');
  await fill(page, 'Name', name);
  await fill(page, 'Concurrency Limit', '3');
  await press(page, 'Create');
}

describe('what the server refuses the page says in its words, and what was typed stays', () => {
  const there = pageOfHome();
  const ids: Record<string, string> = {};
  beforeAll(async () => {
    const { api, home } = there;
    const place = await makePlace(home.apiUrl);
    ids['block'] = await storeBlock(api, 'secret', { name: 'short-lived', data: { value: 'opened' } });
    await api.post('/v2/concurrency_limits/', { name: 'taken', limit: 4 });
    await api.post('/variables/', { name: 'taken', value: 1 });
    await api.post('/work_pools/', { name: 'short-lived', type: 'process:push' });
    for (const name of ['edited', 'scheduled']) {
      const wanted = { name, flow_id: place.flow_id, work_pool_name: 'local' };
      ids[name] = (await api.post('/deployments/', wanted)).id;
    }
  });
  /** Somebody else deletes something while the form is open. */
  const gone = (route: string) => call(there.home.apiUrl, 'DELETE', route);

  const REFUSALS: readonly Refusal[] = [
    {
      form: 'a block',
      route: '/blocks/block/{block}/edit',
      says: 'Block document not found',
      async act(page) {
        await page.getByLabel('Block Name').waitFor();
        await gone(`/block_documents/${ids['block']}`);
        await press(page, 'Save');
      },
    },
    {
      form: 'a new work pool',
      route: '/work-pools/create',
      says: 'A work pool with this name already exists.',
      async act(page) {
        await page.getByText('Process - Push', { exact: true }).click();
        await press(page, 'Next');
        await page.getByLabel('Name', { exact: true }).fill('local');
        await press(page, 'Next');
        await press(page, 'Create');
      },
    },
    {
      form: 'a work pool',
      route: '/work-pools/work-pool/short-lived/edit',
      says: 'Work pool "short-lived" not found.',
      async act(page) {
        await fill(page, /^Description/, 'other');
        await gone('/work_pools/short-lived');
        await press(page, 'Save');
      },
    },
    {
      form: 'a new work queue',
      route: '/work-pools/work-pool/local/queue/create',
      says: 'A work queue with this name already exists',
      async act(page) {
        await fill(page, 'Name', 'default');
        await press(page, 'Create');
      },
    },
    {
      form: 'a new global limit',
      route: '/concurrency-limits',
      says: "A concurrency limit with the name 'taken' already exists.",
      act: (page) => makeGlobalLimit(page, 'taken'),
    },
    {
      form: 'a new global limit, a field of it',
      route: '/concurrency-limits',
      says: "name: String should match pattern '^[^/%&><]+$'",
      act: (page) => makeGlobalLimit(page, 'a/b'),
    },
    {
      form: 'a variable',
      route: '/variables',
      says: 'Variable not found.',
      async act(page) {
        await page.getByRole('button', { name: 'More actions' }).click();
        await page.getByText('Edit', { exact: true }).click();
        await gone('/variables/name/taken');
        await fill(page, 'Value', '2');
        await press(page, 'Save');
      },
    },
    {
      form: 'a deployment',
      route: '/deployments/deployment/{edited}/edit',
      says: 'Deployment not found',
      async act(page) {
        await fill(page, /^Concurrency Limit \(/, '2');
        await gone(`/deployments/${ids['edited']}`);
        await press(page, 'Save');
      },
    },
    {
      form: 'a new schedule',
      route: '/deployments/deployment/{scheduled}',
      says: 'Deployment not found',
      async act(page) {
        await page.getByRole('tab', { name: 'Details' }).click();
        await press(page, 'Schedule');
        await gone(`/deployments/${ids['scheduled']}`);
        await press(page, 'Save');
      },
    },
  ];

  it.each(REFUSALS)('$form', async ({ form, route, act, says }) => {
    const name = `refused-${form.replaceAll(/\W+/g, '-')}`;
    await there.see({ name, height: 1100, expected: /4(?:04|09|22)|AxiosError/ }, async (page) => {
      await page.goto(route.replaceAll(/\{(\w+)\}/g, (_whole, key) => ids[key] ?? key));
      await act(page);

      const toast = page.locator('.p-toast-container');
      await toast.getByText(says).waitFor();
    });
  });

  it('a sentence stays until it is closed, or the page is left', async () => {
    await there.see({ name: 'refused-left', expected: /409|AxiosError/ }, async (page) => {
      await page.clock.install();
      await page.goto('/work-pools/work-pool/local/queue/create');
      await fill(page, 'Name', 'default');
      await press(page, 'Create');
      const sentence = page.locator('.p-toast-container').getByText('A work queue with this name already exists');
      await sentence.waitFor();
      await page.clock.runFor(60_000);
      expect(await sentence.count()).toBe(1);
      expect(await page.getByLabel('Name').last().inputValue()).toBe('default');

      await page.getByRole('link', { name: 'Blocks' }).click();
      await sentence.waitFor({ state: 'detached' });
    });
  });
});
