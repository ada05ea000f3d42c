import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium, type Page, type Route } from 'playwright-core';

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
  /** Calls to other hosts that are answered in their place, with an empty object or picture. @default none */
  readonly answered?: RegExp;
  /** How far the browser's clock is ahead. @default 0 */
  readonly aheadSeconds?: number;
}

/**
 * A tab of its own on the page that an address serves, closed afterwards, its last sight kept as a screenshot. Throws what
 * went wrong in it: an error in the console, a failed call, a call to another host, a component that is not there.
 */
export async function visit<Answer>(
  browser: Browser,
  origin: string,
  { name, width = 1280, height = 900, key, expected, answered, aheadSeconds = 0 }: Sight,
  act: (page: Page) => Promise<Answer>,
): Promise<Answer> {
  const context = await browser.newContext({ viewport: { width, height }, baseURL: origin, colorScheme: 'light' });
  context.setDefaultTimeout(WAIT_MILLIS);
  if (key) await context.addInitScript((given) => sessionStorage.setItem('pushpool-key', given), key);
  await context.addInitScript(reportPolicy);
  const page = await context.newPage();
  const wrong = watch(page, origin, answered);
  if (answered) await page.route(answered, answerEmpty);
  if (aheadSeconds > 0) await page.clock.setSystemTime(Date.now() + aheadSeconds * 1000);
  try {
    const answer = await act(page);
    await settle(page);
    const unexpected = [...wrong.filter((line) => !expected?.test(line)), ...(await leftOut(page))];
    if (unexpected.length > 0) throw new Error(`On ${page.url()}:\n${unexpected.join('\n')}`);
    return answer;
  } finally {
    await page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`) });
    await context.close();
  }
}

/** Components that a template names and the build left out: they stay elements that no browser knows. */
async function leftOut(page: Page): Promise<string[]> {
  const tags = await page.locator('#app *').evaluateAll((elements) => elements.map(({ tagName }) => tagName));
  return [...new Set(tags)].filter((tag) => tag.includes('-')).map((tag) => `no such component: ${tag}`);
}

/** Until nothing is under way, as far as a page that polls comes to rest. */
export async function settle(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle', { timeout: WAIT_MILLIS });
}

/** What the content security policy forbids, compiled text too, is not always told in the console. */
const reportPolicy = `document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) =>
  console.error('against the policy:', violatedDirective, blockedURI, sourceFile));`;

const EMPTY_PICTURE = '<svg xmlns="http://www.w3.org/2000/svg"/>';

function answerEmpty(route: Route): Promise<void> {
  const picture = route.request().resourceType() === 'image';
  return route.fulfill(picture ? { contentType: 'image/svg+xml', body: EMPTY_PICTURE } : { json: {} });
}

function watch(page: Page, origin: string, answered?: RegExp): string[] {
  const wrong: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') wrong.push(`console: ${message.text().slice(0, 300)}`);
  });
  page.on('pageerror', (error) => wrong.push(`error: ${error.message.slice(0, 300)}`));
  page.on('request', (request) => {
    const url = request.url();
    const elsewhere = !url.startsWith(origin) && !/^(?:data|blob):/.test(url) && !answered?.test(url);
    if (elsewhere) wrong.push(`calls another host: ${url.slice(0, 120)}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) wrong.push(`${response.status()} ${response.request().method()} ${response.url()}`);
  });
  return wrong;
}
