import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Home, startHome } from '../../infra/local/home.ts';
import { openBrowser, settle, visit } from './browser.ts';
import { type Client, client, until } from './things.ts';

const LINES = 5000;
/** As the API takes them at once. */
const BATCH = 500;
/** Fifty lines are drawn together, once they come into sight. */
const FILLED = `[...document.querySelectorAll('.p-virtual-scroller-chunk')].every((chunk) => {
  const { top, bottom } = chunk.getBoundingClientRect();
  return chunk.childElementCount > 0 || bottom < 0 || top > innerHeight;
})`;
const SOCKETS = /\/api\/(?:logs|events)\/out$/;

describe('what changes on the page by itself', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'pushpool-ui-'));
  let home: Home;
  let browser: Browser;
  let api: Client;
  let flowId: string;
  beforeAll(async () => {
    [home, browser] = await Promise.all([startHome({ dataFolder: folder, port: 0 }), openBrowser()]);
    api = client(home);
    flowId = (await api.post('/flows/', { name: 'talks' })).id;
  });
  afterAll(async () => {
    await browser?.close();
    await home?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const see = (name: string, act: (page: Page) => Promise<void>, expected?: RegExp) =>
    visit(browser, home.apiUrl.replace(/\/api$/, ''), { name, ...(expected && { expected }) }, act);
  const run = async (name: string) =>
    (await api.post('/flow_runs/', { flow_id: flowId, name, state: { type: 'RUNNING' } })).id;
  const lines = (id: string, from: number, count: number) =>
    api.post(
      '/logs/',
      Array.from({ length: count }, (_, place) => ({
        ...{ name: 'prefect.flow_runs', level: 20, flow_run_id: id },
        message: `line ${from + place}`,
        timestamp: new Date(Date.UTC(2026, 10, 1) + from + place).toISOString(),
      })),
    );
  const setState = (id: string, type: string) =>
    api.post(`/flow_runs/${id}/set_state`, { state: { type }, force: true });
  /** Sockets of the page that the API has let in. */
  async function untilListening(page: Page, sockets: number): Promise<() => Promise<void>> {
    let open = 0;
    const all = new Promise<void>((resolve) => {
      page.on('websocket', (socket) =>
        socket.on('framereceived', ({ payload }) => {
          if (String(payload).includes('auth_success') && ++open === sockets) resolve();
        }),
      );
    });
    return () => all;
  }

  it('lines of the log and states come by the sockets: within a poll, and without the log being asked for', async () => {
    const id = await run('by-socket');
    await see('live-sockets', async (page) => {
      const listening = await untilListening(page, 2);
      await page.goto(`/runs/flow-run/${id}`);
      await page.getByText('Its first lines show here').waitFor();
      await listening();
      await settle(page);
      const asked: string[] = [];
      page.on('request', (request) => asked.push(new URL(request.url()).pathname));

      await lines(id, 0, 3);
      await page.getByText('line 2', { exact: true }).waitFor();
      await setState(id, 'COMPLETED');
      await page.locator('.page-heading-flow-run').getByText('Completed').waitFor();

      expect(asked.filter((route) => route === '/api/logs/filter').length).toBeLessThanOrEqual(1); // once, as it has ended
      expect(asked).toContain(`/api/flow_runs/${id}`);
    });
  });

  it('where sockets are not let through, the same comes by polls', async () => {
    const id = await run('by-poll');
    await see(
      'live-polls',
      async (page) => {
        await page.routeWebSocket(SOCKETS, (socket) => socket.close());
        await page.goto(`/runs/flow-run/${id}`);
        await page.getByText('Its first lines show here').waitFor();

        await lines(id, 0, 3);
        await page.getByText('line 2', { exact: true }).waitFor();
        await setState(id, 'COMPLETED');
        await page.locator('.page-heading-flow-run').getByText('Completed').waitFor();
      },
      /WebSocket/,
    );
  });

  it('a new run shows in the list of runs', async () => {
    await see('live-runs', async (page) => {
      const listening = await untilListening(page, 1);
      await page.goto('/runs');
      await settle(page);
      await listening();

      const id = await run('out-of-nowhere');
      await page.getByText('out-of-nowhere').waitFor({ timeout: 15_000 });
      await setState(id, 'COMPLETED');
    });
  });

  it(`${LINES} lines reach the page complete and in order, and only those in sight are in the page`, async () => {
    const id = await run('talks-a-lot');
    for (let from = 0; from < LINES; from += BATCH) await lines(id, from, BATCH);

    const { order, most } = await see5000(id);

    expect(order).toEqual(Array.from({ length: LINES }, (_, number) => number));
    console.log(`${most} of ${LINES} lines in the page at most`);
    expect(most).toBeLessThan(800);
  });

  /** Scrolls to the end of the log; the numbers of the lines in the order in which they were seen, and how many there were at once. */
  async function see5000(id: string): Promise<{ order: number[]; most: number }> {
    const order: number[] = [];
    let most = 0;
    await see('live-many-lines', async (page) => {
      await page.goto(`/runs/flow-run/${id}`);
      await page.getByText('line 0', { exact: true }).waitFor();
      const seen = new Set<number>();
      for (let steps = 0; steps < 1500 && !seen.has(LINES - 1); steps++) {
        const shown = await page.locator('.log-row__content').allTextContents();
        most = Math.max(most, shown.length);
        for (const text of shown) {
          const number = Number(text.trim().replace('line ', ''));
          if (seen.has(number)) continue;
          seen.add(number);
          order.push(number);
        }
        await page.evaluate('window.scrollBy(0, 1800)');
        await until(() => page.evaluate(FILLED));
      }
    });
    return { order, most };
  }
});
