import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { type Home, startHome } from '../../infra/local/home.ts';
import { BUILT_PAGE } from '../../infra/local/web-page.ts';
import { createRun, makePlace } from '../infra/local/push-pool.ts';
import { close } from '../suites.ts';

/**
 * `npm run test:ui`: every page of the built web page in a real browser, against a local home with runs that ended well and
 * badly. A page fails by a console error, a failed call, a call to another host, or by not showing what it is about.
 * Screenshots go to `dist/screenshots`. Needs `npm run ui:build` and Chromium (CHROMIUM, else on PATH; Debian: chromium).
 */
const CHROMIUM = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

interface Visit {
  readonly path: string;
  /** What a person must see there. */
  readonly shows: string;
}

async function main(): Promise<void> {
  if (!existsSync(path.join(BUILT_PAGE, 'index.html'))) throw new Error('The page is not built: npm run ui:build');
  const executablePath = CHROMIUM.find((file) => file && existsSync(file));
  if (!executablePath) throw new Error('Chromium is not there. On Debian: apt-get install chromium');
  const folder = mkdtempSync(path.join(tmpdir(), 'pushpool-ui-'));
  const home = await startHome({ dataFolder: path.join(folder, 'data'), port: 0 });
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    close(await visitAll(browser, home));
  } finally {
    await browser.close();
    await home.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function visitAll(browser: Browser, home: Home): Promise<{ passed: number; failed: number }> {
  const place = await makePlace(home.apiUrl);
  const failed = await createRun(home.app, place, "sh -c 'echo what went wrong; exit 3'");
  await createRun(home.app, place, "sh -c 'echo fine'");
  await ended(home, failed);
  const visits: Visit[] = [
    { path: '/', shows: 'Dashboard' },
    { path: '/runs', shows: 'Flow Runs' },
    { path: `/runs/flow-run/${failed}`, shows: 'exited with code 3' },
    { path: '/flows', shows: 'Flows' },
    { path: '/deployments', shows: 'Deployments' },
    { path: '/work-pools', shows: 'Work Pools' },
    { path: '/work-pools/create', shows: 'AWS Elastic Container Service - Push' },
    { path: '/blocks', shows: 'Blocks' },
    { path: '/blocks/catalog', shows: 'AWS Credentials' },
    { path: '/blocks/catalog/aws-credentials/create', shows: 'Region Name' },
    { path: '/variables', shows: 'Variables' },
    { path: '/concurrency-limits', shows: 'Global' },
    { path: '/automations', shows: 'Automations' },
    { path: '/events', shows: 'Event Feed' },
    { path: '/artifacts', shows: 'Artifacts' },
    { path: '/settings', shows: 'PREFECT_API_URL' },
    { path: '/no/such/page', shows: 'There is no such page' },
  ];
  let broken = 0;
  for (const visit of visits) {
    const wrong = await see(browser, home, visit);
    console.log(`${wrong.length === 0 ? 'ok  ' : 'FAIL'} ${visit.path}`);
    for (const line of wrong) console.log(`       ${line}`);
    broken += wrong.length > 0 ? 1 : 0;
  }
  return { passed: visits.length - broken, failed: broken };
}

async function see(browser: Browser, home: Home, visit: Visit): Promise<string[]> {
  const origin = home.apiUrl.replace(/\/api$/, '');
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const wrong: string[] = [];
  watch(page, origin, wrong);
  try {
    await page.goto(origin + visit.path);
    await page.getByText(visit.shows).first().waitFor({ timeout: 30_000 });
    await page.waitForLoadState('networkidle', { timeout: 30_000 });
  } catch (error) {
    wrong.push(`does not show "${visit.shows}": ${(error as Error).message.split('\n')[0]}`);
  }
  const name = visit.path.replaceAll(/[^a-z]+/g, '-').replace(/^-|-$/g, '') || 'home';
  await page.screenshot({ path: path.join('dist/screenshots', `${name}.png`) });
  await page.close();
  return wrong;
}

function watch(page: Page, origin: string, wrong: string[]): void {
  page.on('console', (message) => {
    if (message.type() === 'error') wrong.push(`console: ${message.text().slice(0, 200)}`);
  });
  page.on('pageerror', (error) => wrong.push(`error: ${error.message.slice(0, 200)}`));
  page.on('request', (request) => {
    const elsewhere = !request.url().startsWith(origin) && !/^(?:data|blob):/.test(request.url());
    if (elsewhere) wrong.push(`calls another host: ${request.url().slice(0, 120)}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) wrong.push(`${response.status()} ${response.request().method()} ${response.url()}`);
  });
}

/** Until the run has ended. */
async function ended(home: Home, id: string): Promise<void> {
  for (let look = 0; look < 200; look++) {
    const run = (await (await fetch(`${home.apiUrl}/flow_runs/${id}`)).json()) as { state_type: string };
    if (run.state_type === 'FAILED') return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The run does not end');
}

await main().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
