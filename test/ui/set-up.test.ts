import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CloudEndpoints } from '../../infra/local/cloud-targets.ts';
import { type Home, startHome } from '../../infra/local/home.ts';
import { FakeAci } from '../fakes/aci/aci.ts';
import { FakeCloudRun } from '../fakes/cloud-run/cloud-run.ts';
import { ACCESS_KEY, FakeEcs, ROLE } from '../fakes/ecs/ecs-cloud.ts';
import { IMAGE, TOKEN } from '../fakes/modal/cloud.ts';
import { FakeModal } from '../fakes/modal/modal.ts';
import { openBrowser, visit } from './browser.ts';
import { type Client, client, until } from './things.ts';

interface Cloud {
  readonly poolType: string;
  /** What the wizard calls it. */
  readonly infrastructure: string;
  readonly block: { readonly slug: string; readonly fields: () => Record<string, string> };
  readonly credentials: string;
  /** Fields of the base job template beside the credentials. */
  readonly template: () => Record<string, string>;
  /** Where the run's container is in the console of its cloud. */
  readonly console: RegExp;
  readonly open: () => Promise<CloudEndpoints>;
  readonly made: () => number;
  readonly close: () => Promise<unknown>;
}

let ecs: FakeEcs;
let aci: FakeAci;
let google: FakeCloudRun;
let modal: FakeModal;
const now = () => new Date();

/** What the guide's page "Setting a pool up by hand" has for each cloud. */
const CLOUDS: readonly Cloud[] = [
  {
    poolType: 'ecs:push',
    infrastructure: 'AWS Elastic Container Service - Push',
    block: {
      slug: 'aws-credentials',
      fields: () => ({
        'AWS Access Key ID': ACCESS_KEY,
        'AWS Access Key Secret': 'secret',
        'Region Name': 'us-east-1',
      }),
    },
    credentials: 'AWS Credentials',
    template: () => ({ Cluster: 'flows', 'Execution Role ARN': ROLE }),
    console: /^https:\/\/us-east-1\.console\.aws\.amazon\.com\/ecs\/v2\/clusters\/flows\/tasks\/\w+/,
    async open() {
      ecs = await new FakeEcs(now).start();
      return { aws: ecs.url };
    },
    made: () => ecs.tasks.all.length,
    close: () => ecs.close(),
  },
  {
    poolType: 'azure-container-instance:push',
    infrastructure: 'Azure Container Instances - Push',
    block: {
      slug: 'azure-container-instance-credentials',
      fields: () => ({ 'Client ID': 'app', 'Tenant ID': aci.entra.apps[0]!.tenant, 'Client Secret': 'right' }),
    },
    credentials: 'Aci Credentials',
    template: () => ({
      'Azure Resource Group Name': 'flows',
      'Azure Subscription ID': [...aci.entra.subscriptions][0]!,
    }),
    console: /^https:\/\/portal\.azure\.com\/#resource\/subscriptions\/.+\/containerGroups\/flow-/,
    async open() {
      aci = await new FakeAci(now).listen();
      return { azure: aci.url };
    },
    made: () => aci.everMade.length,
    close: () => aci.close(),
  },
  {
    poolType: 'cloud-run-v2:push',
    infrastructure: 'Google Cloud Run V2 - Push',
    block: {
      slug: 'gcp-credentials',
      fields: () => ({ 'Service Account Info': JSON.stringify(google.identity.serviceAccountKey()) }),
    },
    credentials: 'GCP Credentials',
    template: () => ({ Region: 'us-central1' }),
    console: /^https:\/\/console\.cloud\.google\.com\/run\/jobs\/.+\?project=.+/,
    async open() {
      google = await new FakeCloudRun(now).listen();
      return { google: google.url };
    },
    made: () => google.everMade.length,
    close: () => google.close(),
  },
  {
    poolType: 'modal:push',
    infrastructure: 'Modal - Push',
    block: {
      slug: 'modal-credentials',
      fields: () => ({ 'Token ID': TOKEN.token_id, 'Token Secret': TOKEN.token_secret }),
    },
    credentials: 'Modal Credentials',
    template: () => ({ Image: IMAGE }),
    console: /^https:\/\/modal\.com\/id\/sb-/,
    async open() {
      modal = await FakeModal.start(now);
      return { modal: modal.url };
    },
    made: () => modal.account.sandboxes.all.length,
    close: async () => modal.close(),
  },
];

describe.each(CLOUDS)('from an empty page to a run in the cloud: $poolType', (cloud) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'pushpool-ui-'));
  let home: Home;
  let browser: Browser;
  let api: Client;
  beforeAll(async () => {
    const endpoints = await cloud.open();
    [home, browser] = await Promise.all([startHome({ dataFolder: folder, port: 0, endpoints }), openBrowser()]);
    api = client(home);
  });
  afterAll(async () => {
    await browser?.close();
    await home?.close();
    await cloud.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const see = (name: string, act: (page: Page) => Promise<void>) =>
    visit(browser, home.apiUrl.replace(/\/api$/, ''), { name: `${cloud.block.slug}-${name}`, height: 1100 }, act);

  it('a block with credentials is stored, and its secret is not shown again', async () => {
    await see('block', async (page) => {
      await page.goto(`/blocks/catalog/${cloud.block.slug}/create`);
      await page.getByLabel('Block Name').fill('mine');
      for (const [label, value] of Object.entries(cloud.block.fields())) await fill(page, label, value);
      await page.getByRole('button', { name: 'Create' }).click();

      await page.waitForURL(/\/blocks\/block\//);
      await page.getByText('********').first().waitFor();
    });

    const [stored] = await api.post('/block_documents/filter', { include_secrets: false });
    expect(stored.name).toBe('mine');
  });

  it('a pool is made by the wizard, with the block and what runs need in its template', async () => {
    await see('pool', async (page) => {
      await page.goto('/work-pools');
      await page.getByRole('button', { name: 'Create a work pool' }).click();
      await page.getByText(cloud.infrastructure, { exact: true }).click();
      await page.getByRole('button', { name: 'Next' }).click();
      await page.getByLabel('Name', { exact: true }).fill('cloud');
      await page.getByRole('button', { name: 'Next' }).click();
      await choose(page, cloud.credentials, 'mine');
      for (const [label, value] of Object.entries(cloud.template())) await fill(page, label, value);
      await page.getByRole('button', { name: 'Create' }).click();

      await page.waitForURL(/\/work-pools\/work-pool\/cloud$/);
      await page.getByText('not refused so far').waitFor();
    });

    expect((await api.get('/work_pools/cloud')).type).toBe(cloud.poolType);
  });

  it('a deployment that is run on its page reaches the cloud', async () => {
    const flow = await api.post('/flows/', { name: 'flow' });
    const { id } = await api.post('/deployments/', {
      ...{ name: 'd', flow_id: flow.id, work_pool_name: 'cloud', entrypoint: 'f.py:f' },
      job_variables: { command: 'sleep 1' },
    });

    await see('run', async (page) => {
      await page.goto(`/deployments/deployment/${id}`);
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      await page.getByText('Quick run').click();
      await until(async () => cloud.made() > 0);
      const [run] = await api.post('/flow_runs/filter', {});
      await until(async () => (await api.get(`/flow_runs/${run.id}`)).infrastructure_pid);
      await page.goto(`/runs/flow-run/${run.id}`);
      await page.getByRole('tab', { name: 'Timeline' }).click();
      await page.getByText('Pending').first().waitFor();
      const link = page.getByRole('link', { name: 'open it in the console of its cloud' });
      expect(await link.getAttribute('href')).toMatch(cloud.console);
      await page.getByText('Wait for a slot').waitFor();
      await page.getByText(/^\d+ billed transitions of Step Functions in 1 execution: \$0\.000/).waitFor();
    });

    expect(cloud.made()).toBe(1);
  });
});

/** Fields of a schema say "(Optional)" behind their label. */
const labelled = (label: string) => new RegExp(`^${label}( \\(Optional\\))?$`);

async function fill(page: Page, label: string, value: string): Promise<void> {
  await page.getByLabel(labelled(label)).first().fill(value);
}

/** Chooses a stored block for a field. */
async function choose(page: Page, label: string, block: string): Promise<void> {
  const field = page.locator('.p-label', { has: page.getByText(labelled(label)) }).last();
  await field.getByRole('button').first().click();
  await page
    .getByRole('option', { name: block })
    .or(page.locator('.p-select-option', { hasText: block }))
    .first()
    .click();
}
