import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Home, startHome } from '../../infra/local/home.ts';
import { createRun, makePlace } from '../infra/local/push-pool.ts';
import { openBrowser, settle, visit } from './browser.ts';

/** As the local home compresses it, with gzip. */
const SCRIPT_BYTES = 400_000;
const CALLS_BEFORE_RUNS = 6;

describe('what opening the page costs', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'pushpool-ui-'));
  let home: Home;
  let browser: Browser;
  beforeAll(async () => {
    [home, browser] = await Promise.all([startHome({ dataFolder: folder, port: 0 }), openBrowser()]);
    const place = await makePlace(home.apiUrl);
    await createRun(home.app, place, 'true');
  });
  afterAll(async () => {
    await browser?.close();
    await home?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const origin = () => home.apiUrl.replace(/\/api$/, '');

  it.each(['/dashboard', '/runs', '/work-pools', '/deployments'])(
    '%s as the first page loads at most 400 KB of compressed script',
    async (route) => {
      const bytes = await visit(browser, origin(), { name: `budget${route.replace('/', '-')}` }, async (page) => {
        const sizes: Promise<number>[] = [];
        page.on('response', (response) => {
          const script = response.request().resourceType() === 'script';
          if (script)
            sizes.push(
              response
                .request()
                .sizes()
                .then((size) => size.responseBodySize),
            );
        });
        await page.goto(route);
        await settle(page);
        return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
      });

      console.log(`${route}: ${(bytes / 1000).toFixed(0)} KB of script`);
      expect(bytes).toBeGreaterThan(100_000);
      expect(bytes).toBeLessThanOrEqual(SCRIPT_BYTES);
    },
  );

  it('the run list shows after at most 6 calls of the API', async () => {
    const calls = await visit(browser, origin(), { name: 'budget-run-list' }, async (page) => {
      const made: string[] = [];
      page.on('request', (request) => {
        const { pathname } = new URL(request.url());
        if (pathname.startsWith('/api/')) made.push(`${request.method()} ${pathname}`);
      });
      await page.goto('/runs');
      await page.getByText('plain-run').first().waitFor();
      return [...made];
    });

    expect(calls.length, calls.join('\n')).toBeLessThanOrEqual(CALLS_BEFORE_RUNS);
  });
});
