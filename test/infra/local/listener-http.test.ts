import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { afterEach, describe, expect, it } from 'vitest';
import { type Gateway, openGateway } from './gateway.ts';

describe('the HTTP listener', () => {
  let gateway: Gateway;
  afterEach(() => gateway.close());
  const text = async (raw: ReturnType<Gateway['raw']>) => {
    let all = '';
    for await (const chunk of raw) all += String(chunk);
    return all;
  };

  it('hands each request to the API function and its answer to the client', async () => {
    gateway = await openGateway({
      api: (event: APIGatewayProxyEventV2) => ({
        statusCode: 201,
        headers: { 'content-type': 'application/json', 'retry-after': 3 },
        cookies: ['a=1', 'b=2'],
        body: JSON.stringify([event.rawPath, event.body, event.requestContext.http.method]),
      }),
    });

    const answer = await fetch(`${gateway.url}/api/a%20b`, { method: 'PUT', body: 'hi' });

    expect(answer.status).toBe(201);
    expect(await answer.json()).toEqual(['/api/a b', 'hi', 'PUT']);
    expect(answer.headers.get('retry-after')).toBe('3');
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  });

  it('sends bytes for a base64 answer, nothing with 204, and a value without a status as JSON', async () => {
    const answers: Record<string, unknown> = {
      '/bytes': { statusCode: 200, body: Buffer.from([0, 255]).toString('base64'), isBase64Encoded: true },
      '/none': { statusCode: 204, body: '' },
      '/plain': { any: 'value' },
    };
    gateway = await openGateway({ api: (event: APIGatewayProxyEventV2) => answers[event.rawPath] });

    expect(new Uint8Array(await (await fetch(`${gateway.url}/bytes`)).arrayBuffer())).toEqual(new Uint8Array([0, 255]));
    expect((await fetch(`${gateway.url}/none`)).status).toBe(204);
    expect(await (await fetch(`${gateway.url}/plain`)).json()).toEqual({ any: 'value' });
  });

  it('answers 503 where the function fails, and for its 500 and 504 (rule 27)', async () => {
    gateway = await openGateway({
      api: ({ rawPath }: APIGatewayProxyEventV2) => {
        if (rawPath === '/throws') throw new Error('out of memory');
        return { statusCode: Number(rawPath.slice(1)), body: '{}' };
      },
    });
    const statuses = ['/throws', '/500', '/504', '/502', '/404'].map(
      async (path) => (await fetch(gateway.url + path)).status,
    );

    expect(await Promise.all(statuses)).toEqual([503, 503, 503, 502, 404]);
  });

  it('goes on after what is no HTTP, half a request, and a client that leaves in the middle of a body', async () => {
    gateway = await openGateway({});

    const nonsense = gateway.raw();
    nonsense.write('HELLO\r\n\r\n');
    expect(await text(nonsense)).toMatch(/^HTTP\/1.1 400 .*"Bad Request"/s);
    gateway.raw().write('GET / HTTP/1.1\r\nHos');
    const leaving = gateway.raw();
    leaving.write('POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\nhal');
    leaving.destroy();

    expect((await fetch(gateway.url)).status).toBe(200);
  });

  it('turns away web pages of other sites and names that only resolve to this machine', async () => {
    gateway = await openGateway({});
    const status = async (headers: Record<string, string>) => {
      const raw = gateway.raw();
      const lines = Object.entries({ host: 'localhost', ...headers, connection: 'close' }).map(
        ([k, v]) => `${k}: ${v}\r\n`,
      );
      raw.write(`GET / HTTP/1.1\r\n${lines.join('')}\r\n`);
      return (await text(raw)).slice(9, 12);
    };

    expect(await status({ origin: 'https://evil.example' })).toBe('403');
    expect(await status({ origin: 'null' })).toBe('403');
    expect(await status({ host: 'evil.example:4200' })).toBe('403');
    expect(await status({ origin: 'http://localhost:5173' })).toBe('200');
    expect(await status({ host: '127.0.0.1:4200' })).toBe('200');
    expect(await status({ host: '[::1]:4200' })).toBe('200');
  });
});
