import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

const PLACES = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const SCREENSHOTS = path.join(import.meta.dirname, '../../dist/screenshots');
const WAIT_MILLIS = 30_000;

/** Where Chromium is, if it is. */
export function findChromium(): string | undefined {
  return PLACES.find((file): file is string => file !== undefined && existsSync(file));
}

export async function openBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('Chromium is not there. On Debian: apt-get install chromium');
  return await chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

export interface Sight {
  /** The screenshot's name. */
  readonly name: string;
  readonly width?: number;
  readonly height?: number;
  /** The key of the tab, as if somebody had signed in. */
  readonly key?: string;
  /** What goes wrong on purpose: a failed call, its line in the console. */
  readonly expected?: RegExp;
}

/**
 * A tab of its own on the page that an address serves, closed afterwards, its last sight kept as a screenshot. Throws what
 * went wrong in it: an error in the console, a failed call, a call to another host.
 */
export async function visit<Answer>(
  browser: Browser,
  origin: string,
  { name, width = 1280, height = 900, key, expected }: Sight,
  act: (page: Page) => Promise<Answer>,
): Promise<Answer> {
  const context = await browser.newContext({ viewport: { width, height }, baseURL: origin, colorScheme: 'light' });
  context.setDefaultTimeout(WAIT_MILLIS);
  if (key) await context.addInitScript((given) => sessionStorage.setItem('pushpool-key', given), key);
  const page = await context.newPage();
  const wrong = watch(page, origin);
  try {
    const answer = await act(page);
    await settle(page);
    const unexpected = wrong.filter((line) => !expected?.test(line));
    if (unexpected.length > 0) throw new Error(`On ${page.url()}:\n${unexpected.join('\n')}`);
    return answer;
  } finally {
    await page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`) });
    await context.close();
  }
}

/** Until nothing is under way, as far as a page that polls comes to rest. */
export async function settle(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle', { timeout: WAIT_MILLIS });
}

function watch(page: Page, origin: string): string[] {
  const wrong: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') wrong.push(`console: ${message.text().slice(0, 300)}`);
  });
  page.on('pageerror', (error) => wrong.push(`error: ${error.message.slice(0, 300)}`));
  page.on('request', (request) => {
    const elsewhere = !request.url().startsWith(origin) && !/^(?:data|blob):/.test(request.url());
    if (elsewhere) wrong.push(`calls another host: ${request.url().slice(0, 120)}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) wrong.push(`${response.status()} ${response.request().method()} ${response.url()}`);
  });
  return wrong;
}
