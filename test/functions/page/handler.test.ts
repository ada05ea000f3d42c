import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPageHandler } from '../../../functions/page/handler.ts';

describe('the function of the web page', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'pushpool-page-'));
  let handler: ReturnType<typeof createPageHandler>;
  beforeAll(() => {
    mkdirSync(path.join(folder, 'assets'));
    writeFileSync(path.join(folder, 'index.html'), '<p>the page</p>');
    writeFileSync(path.join(folder, 'assets/index-abc.js'), 'the script');
    writeFileSync(path.join(folder, 'assets/font-abc.woff2'), Buffer.from([0, 255, 254]));
    handler = createPageHandler(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const get = (rawPath: string, headers = {}) => handler({ rawPath, headers } as APIGatewayProxyEventV2);
  const bytes = ({ body = '' }: { body?: string }) => Buffer.from(body, 'base64');

  it('shows the page at every path that is no file, asked for each time, and keeps browsers to HTTPS', async () => {
    for (const route of ['/page/', '/page/index.html', '/page/runs/flow-run/1', '/page/../secret']) {
      const answer = await get(route);

      expect([answer.statusCode, bytes(answer).toString()], route).toEqual([200, '<p>the page</p>']);
      expect(answer.headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
        'content-security-policy': expect.stringMatching(/^default-src 'self'; script-src 'self';/),
        'strict-transport-security': 'max-age=31536000',
      });
    }
  });

  it('lets CloudFront and browsers keep files with a hash for a year, byte for byte, and knows none that are gone', async () => {
    const font = await get('/page/assets/font-abc.woff2', { 'accept-encoding': 'gzip' });

    expect([...bytes(font)]).toEqual([0, 255, 254]);
    expect(font.headers?.['cache-control']).toBe('public, max-age=31536000, immutable');
    expect((await get('/page/assets/index-old.js')).statusCode).toBe(404);
  });

  it('compresses text for whoever takes it', async () => {
    const packed = await get('/page/assets/index-abc.js', { 'accept-encoding': 'br, gzip' });

    expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
    expect(gunzipSync(bytes(packed)).toString()).toBe('the script');
  });
});
