import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { type Home, startHome } from '../../infra/local/home.ts';
import { openBrowser, type Sight, visit } from './browser.ts';
import { type Client, client } from './things.ts';

export interface PageOfHome {
  readonly home: Home;
  /** Calls of the home that must succeed. */
  readonly api: Client;
  /** A tab of its own on the page, as `visit` has it. */
  readonly see: (sight: Sight, act: (page: Page) => Promise<void>) => Promise<void>;
}

/** A home with nothing in it and a browser, for the suite that asks: there once its first test runs, gone after its last. */
export function pageOfHome(): PageOfHome {
  const folder = mkdtempSync(path.join(tmpdir(), 'pushpool-ui-'));
  let home: Home;
  let browser: Browser;
  beforeAll(async () => {
    [home, browser] = await Promise.all([startHome({ dataFolder: folder, port: 0 }), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await home?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    get home() {
      return home;
    },
    get api() {
      return client(home);
    },
    see: (sight, act) => visit(browser, home.apiUrl.replace(/\/api$/, ''), sight, act),
  };
}
