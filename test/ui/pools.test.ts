import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Home, startHome } from '../../infra/local/home.ts';
import { ACCESS_KEY, FakeEcs, ROLE } from '../fakes/ecs/ecs-cloud.ts';
import { call } from '../infra/local/push-pool.ts';
import { openBrowser, visit } from './browser.ts';
import { type Client, client, storeBlock, until } from './things.ts';

describe('the page of a push pool', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'pushpool-ui-'));
  let ecs: FakeEcs;
  let home: Home;
  let browser: Browser;
  let api: Client;
  let block: string;
  beforeAll(async () => {
    ecs = await new FakeEcs(() => new Date()).start();
    [home, browser] = await Promise.all([
      startHome({ dataFolder: folder, port: 0, endpoints: { aws: ecs.url } }),
      openBrowser(),
    ]);
    api = client(home);
    block = await storeBlock(api, 'aws-credentials', { name: 'mine', data: keys('AKIAWRONG') });
    const types = await api.get('/collections/views/aggregate-worker-metadata');
    const template = types.pushpool['ecs:push'].default_base_job_configuration;
    const { properties } = template.variables;
    properties.aws_credentials.default = { $ref: { block_document_id: block } };
    properties.cluster.default = 'flows';
    properties.execution_role_arn.default = ROLE;
    await api.post('/work_pools/', { name: 'fargate', type: 'ecs:push', base_job_template: template });
  });
  afterAll(async () => {
    await browser?.close();
    await home?.close();
    await ecs?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const keys = (id: string) => ({ aws_access_key_id: id, aws_secret_access_key: 'secret', region_name: 'us-east-1' });
  const see = (name: string, act: (page: Page) => Promise<void>) =>
    visit(browser, home.apiUrl.replace(/\/api$/, ''), { name, height: 1000 }, act);

  it('says in the words of its cloud why its credentials were refused, and that its runs go on once they are stored anew', async () => {
    const flow = await api.post('/flows/', { name: 'flow' });
    const { id } = await api.post('/deployments/', { name: 'd', flow_id: flow.id, work_pool_name: 'fargate' });
    const run = await api.post(`/deployments/${id}/create_flow_run`, {});
    await until(async () => (await api.get('/work_pools/fargate')).status === 'NOT_READY');

    await see('pool-refused', async (page) => {
      await page.goto('/work-pools/work-pool/fargate');
      const alert = page.getByRole('alert');
      await alert.getByText('UnrecognizedClientException').waitFor();
      await page.getByText('refused by the cloud').waitFor();
      await page.goto(`/runs/flow-run/${run.id}`);
      await page.getByRole('tab', { name: 'Timeline' }).click();
      await page.getByText('It waits for a slot of the work pool fargate').waitFor();

      const stored = await call(home.apiUrl, 'PATCH', `/block_documents/${block}`, { data: keys(ACCESS_KEY) });
      expect(stored.status).toBe(204);
      await until(async () => ecs.tasks.all.length > 0);
      await page.goto('/work-pools/work-pool/fargate');
      await page.getByText('not refused so far').waitFor();
      expect(await page.getByRole('alert').count()).toBe(0);
    });
  });

  it('says that nothing was made for it by a command, then what was made, and where; with the command that makes it', async () => {
    await see('pool-provisioned', async (page) => {
      await page.goto('/work-pools/work-pool/fargate');
      await page.getByText('No command of pushpool has made anything for it').waitFor();
      await page.getByText('pushpool work-pool provision-infra "fargate"', { exact: false }).first().waitFor();

      await call(home.apiUrl, 'PUT', '/ui/work_pools/fargate/infrastructure', {
        place: 'AWS account 123456789012, region us-east-1',
        things: ['an ECS cluster for running Prefect flows: flows', `an IAM role assigned to ECS tasks: ${ROLE}`],
      });
      await page.reload();
      await page.getByText('an ECS cluster for running Prefect flows: flows').waitFor();
      await page.getByText('AWS account 123456789012, region us-east-1').waitFor();
    });
  });
});
