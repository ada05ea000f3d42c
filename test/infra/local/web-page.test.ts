import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { builtWebPage } from '../../../infra/local/web-page.ts';

let folder: string;
let server: Server;
let origin: string;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'pushpool-page-'));
  mkdirSync(path.join(folder, 'dist/assets'), { recursive: true });
  writeFileSync(path.join(folder, 'dist/index.html'), '<p>the page</p>');
  writeFileSync(path.join(folder, 'dist/assets/index-abc.js'), 'the script');
  writeFileSync(path.join(folder, 'secret'), 'not of the page');
  const page = builtWebPage(path.join(folder, 'dist'));
  server = createServer((request, response) => {
    if (!page(request, response)) response.writeHead(418).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

async function get(route: string, method = 'GET') {
  const answer = await fetch(origin + route, { method });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

describe('the web page of the local home', () => {
  it('is shown at its root and at every path that is no file, with a charset, and asked for each time', async () => {
    for (const route of ['/', '/runs/flow-run/1', '/work-pools?tab=Runs']) {
      const { status, headers, text } = await get(route);

      expect([status, text], route).toEqual([200, '<p>the page</p>']);
      expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(headers.get('cache-control')).toBe('no-cache');
    }
  });

  it('has assets that browsers keep, and none of a build that is gone', async () => {
    const kept = await get('/assets/index-abc.js');
    const gone = await get('/assets/index-old.js');

    expect([kept.text, kept.headers.get('content-type')]).toEqual(['the script', 'text/javascript; charset=utf-8']);
    expect(kept.headers.get('cache-control')).toContain('immutable');
    expect(kept.headers.get('content-encoding')).toBe('gzip');
    expect(gone.status).toBe(404);
  });

  it('forbids every other host, frames and guessing of types', async () => {
    const { headers } = await get('/');

    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.get('content-security-policy')).not.toMatch(/https?:|\*/);
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it("leaves the API's paths and everything but reads to the API", async () => {
    for (const route of ['/api/health', '/api', '/docs', '/openapi.json', '/ui-settings']) {
      expect((await get(route)).status, route).toBe(418);
    }
    expect((await get('/runs', 'POST')).status).toBe(418);
    expect((await get('/', 'HEAD')).text).toBe('');
  });

  it('shows nothing outside its folder', async () => {
    for (const route of ['/../secret', '/%2e%2e/secret', '/..%2fsecret', '/%2fsecret', '/%E0%A4%A']) {
      expect((await get(route)).text, route).not.toBe('not of the page');
    }
  });

  it('is not there before it is built, and there as soon as it is, without a restart', () => {
    const later = path.join(folder, 'later');
    const page = builtWebPage(later);
    const written: string[] = [];
    const response = { writeHead() {}, end: (body: Buffer) => void written.push(String(body)) };
    const shows = () => page({ url: '/', method: 'GET', headers: {} } as IncomingMessage, response as never);
    expect(shows()).toBe(false);

    mkdirSync(later);
    writeFileSync(path.join(later, 'index.html'), 'built');

    expect([shows(), ...written]).toEqual([true, 'built']);
  });
});
