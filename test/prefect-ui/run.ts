import path from 'node:path';
import type { Browser } from 'playwright-core';
import { ensureVenv, PREFECT } from '../../infra/local/python-venv.ts';
import { startLocalHome } from '../conformance/local-home.ts';
import { type Count, close, sum } from '../suites.ts';
import { openBrowser, visit } from '../ui/browser.ts';
import { BUNDLES, servePrefectsPages } from './prefects-pages.ts';
import { seen, type Visit, visits } from './visits.ts';
import { makeWorld } from './world.ts';

/**
 * `npm run test:prefect-ui`: every page of Prefect's own web pages, both bundles of its wheel, in a real browser against a local
 * home with real runs. A page fails by a console error, a failed call, or by not showing what it is about. Screenshots go
 * to `dist/screenshots/prefect-…`. Needs Python (as the conformance suite) and Chromium.
 */
/**
 * What the pages ask of others whatever the API says: the newer bundle its settings for reports (it then reads from ours that none
 * are wanted), both the logos of block types and pools that Prefect's own data names.
 */
const ELSEWHERE =
  /^https:\/\/(?:sr-client-cfg\.amplitude\.com\/config|cdn\.sanity\.io\/images|raw\.githubusercontent\.com\/PrefectHQ)\//;

async function main(): Promise<Count> {
  const bin = await ensureVenv(PREFECT);
  const browser = await openBrowser();
  const home = await startLocalHome({ bin });
  try {
    const world = await makeWorld(home);
    const installed = await home.python(['-c', 'import prefect.server; print(prefect.server.__file__)']);
    const pages = await servePrefectsPages(path.dirname(installed.trim()), home.apiUrl);
    const counts: Count[] = [];
    for (const { version, base } of BUNDLES) {
      console.log(`\n== ${version}`);
      for (const one of visits(world)) counts.push(await open(browser, pages.origin, { version, base }, one));
    }
    await pages.close();
    return sum(counts);
  } finally {
    await browser.close();
    await home.stop();
  }
}

/** Prints a line for the page, and what was wrong with it. */
async function open(
  browser: Browser,
  origin: string,
  { version, base }: { version: string; base: string },
  { path, name = path, shows, act }: Visit,
): Promise<Count> {
  const sight = {
    name: `prefect-${version}${name.replaceAll(/[^a-z0-9]+/gi, '-')}`,
    answered: ELSEWHERE,
    // The dashboard looks at whole minutes: what has just ended is on it in the next.
    aheadSeconds: 90,
  };
  try {
    await visit(browser, origin, sight, async (page) => {
      await page.goto(base + path);
      for (const text of shows) await seen(page, text);
      await act?.(page);
    });
    console.log(`ok   ${name}`);
    return { passed: 1, failures: [] };
  } catch (error) {
    console.log(`FAIL ${name}`);
    return { passed: 0, failures: [`${name}\n${(error as Error).message}`] };
  }
}

close(await main());
