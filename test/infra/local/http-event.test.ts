import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commonLogTime, type HttpRequest, httpEvent } from '../../../infra/local/http-event.ts';

const request = (more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'POST',
  url: '/api/flows/',
  protocol: 'HTTP/1.1',
  rawHeaders: ['Host', 'localhost:4200', 'User-Agent', 'prefect/3.8.8', 'Content-Type', 'application/json'],
  body: Buffer.from(''),
  sourceIp: '127.0.0.1',
  domainName: 'localhost',
  port: 4200,
  ...more,
});
const NOW = new Date('2026-11-24T01:02:03Z');
const event = (more: Partial<HttpRequest> = {}) => httpEvent(request(more), NOW);

describe('an HTTP API event (payload 2.0)', () => {
  it('tells the request as API Gateway does', () => {
    expect(event({ url: '/api/flows/?a=1', body: Buffer.from('{"x":"ü"}') })).toMatchObject({
      version: '2.0',
      routeKey: '$default',
      rawPath: '/api/flows/',
      rawQueryString: 'a=1',
      headers: { 'content-type': 'application/json', 'user-agent': 'prefect/3.8.8', 'x-forwarded-port': '4200' },
      queryStringParameters: { a: '1' },
      requestContext: {
        http: {
          method: 'POST',
          path: '/api/flows/',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'prefect/3.8.8',
        },
        time: '24/Nov/2026:01:02:03 +0000',
        timeEpoch: NOW.getTime(),
        stage: '$default',
      },
      body: '{"x":"ü"}',
      isBase64Encoded: false,
    });
  });

  it('joins repeated headers by commas under lower-case names, and puts cookies apart', () => {
    const { headers, cookies } = event({
      rawHeaders: ['X-A', '1', 'x-a', '2', 'Cookie', 'a=1; b=2', 'Connection', 'close'],
    });

    expect(headers['x-a']).toBe('1,2');
    expect(cookies).toEqual(['a=1', 'b=2']);
    expect(headers).not.toHaveProperty('cookie');
    expect(headers).not.toHaveProperty('connection');
  });

  it('decodes the path, slashes included, loses what follows an encoded question mark, and leaves the query encoded', () => {
    expect(event({ url: '/api/flows/name/a%20b%2Fc' }).rawPath).toBe('/api/flows/name/a b/c');
    expect(event({ url: '/api/flows/name/a%3Fb?x=%20' })).toMatchObject({
      rawPath: '/api/flows/name/a',
      rawQueryString: 'x=%20',
    });
    expect(event({ url: '/api/bad%zz' }).rawPath).toBe('/api/bad%zz');
  });

  it('decodes and joins query values, and leaves the field out when there are none', () => {
    expect(event({ url: '/x?a=1&a=2&b=%C3%BC+x' }).queryStringParameters).toEqual({ a: '1,2', b: 'ü x' });
    expect(event({ url: '/x' })).not.toHaveProperty('queryStringParameters');
  });

  it.each([
    ['application/json; charset=utf-8', false],
    ['text/plain', false],
    ['application/vnd.api+json', false],
    ['application/x-www-form-urlencoded', true],
    ['application/octet-stream', true],
  ])('sends a body of %s in base64: %s', (type, encoded) => {
    const { body, isBase64Encoded } = event({ rawHeaders: ['content-type', type], body: Buffer.from('hi') });

    expect(isBase64Encoded).toBe(encoded);
    expect(Buffer.from(body!, encoded ? 'base64' : 'utf8').toString()).toBe('hi');
  });

  it('holds for any request: the event is JSON and gives the body back', () => {
    const header = fc.tuple(fc.stringMatching(/^[A-Za-z-]{1,12}$/), fc.string({ unit: 'grapheme-ascii' }));

    fc.assert(
      fc.property(
        fc.webPath(),
        fc.webQueryParameters(),
        fc.array(header),
        fc.uint8Array(),
        (path, query, headers, bytes) => {
          const made = event({ url: `${path}?${query}`, rawHeaders: headers.flat(), body: Buffer.from(bytes) });
          expect(JSON.parse(JSON.stringify(made))).toEqual(JSON.parse(JSON.stringify(made)));
          if (made.isBase64Encoded) expect(Buffer.from(made.body!, 'base64')).toEqual(Buffer.from(bytes));
          expect(Object.keys(made.headers).every((name) => name === name.toLowerCase())).toBe(true);
        },
      ),
    );
  });
});

describe('the time of an event', () => {
  it('has two digits for the day', () => {
    expect(commonLogTime(new Date('2026-01-02T03:04:05Z'))).toBe('02/Jan/2026:03:04:05 +0000');
  });
});
