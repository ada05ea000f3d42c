import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startHome } from '../../infra/local/home.ts';
import { openBrowser, settle } from './browser.ts';
import { client, fillHome, storeBlock } from './things.ts';

/** `npm run ui:pictures`: the README's pictures of the page, taken anew from a home with things in it. Needs `npm run ui:build`. */
const PICTURES = path.join(import.meta.dirname, '../../docs/pictures');
const SIZE = { width: 1120, height: 700 };

const folder = mkdtempSync(path.join(tmpdir(), 'pushpool-pictures-'));
const [home, browser] = await Promise.all([startHome({ dataFolder: folder, port: 0 }), openBrowser()]);
const things = await fillHome(home);
const api = client(home);
const block = await storeBlock(api, 'aws-credentials', { name: 'my-keys', data: { region_name: 'eu-central-1' } });
const types = await api.get('/collections/views/aggregate-worker-metadata');
const template = types.pushpool['ecs:push'].default_base_job_configuration;
const { properties } = template.variables;
properties.aws_credentials.default = { $ref: { block_document_id: block } };
properties.cluster.default = 'prefect-ecs-cluster';
await api.post('/work_pools/', { name: 'fargate', type: 'ecs:push', base_job_template: template });

mkdirSync(PICTURES, { recursive: true });
const shots = [
  ['dashboard', '/dashboard'],
  ['flow-run', `/runs/flow-run/${things.failed}`],
  ['work-pool', '/work-pools/work-pool/fargate'],
] as const;
for (const [name, route] of shots) {
  const page = await browser.newPage({ viewport: SIZE, colorScheme: 'light' });
  await page.goto(home.apiUrl.replace(/\/api$/, route));
  await settle(page);
  await page.screenshot({ path: path.join(PICTURES, `${name}.png`) });
  await page.close();
}
await browser.close();
await home.close();
rmSync(folder, { recursive: true, force: true });
process.exit(0);
