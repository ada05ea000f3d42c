import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { toResult } from '../../../functions/api/result.ts';

const LAMBDA_BYTES = 6 * 1024 * 1024;
const large = { status: 200, body: { lines: '"quoted"\n'.repeat(700_000) } };

describe('an answer', () => {
  it('is JSON unless it says otherwise, and nothing at 204', () => {
    expect(toResult({ status: 200, body: [1] })).toMatchObject({
      body: '[1]',
      headers: { 'content-type': 'application/json' },
    });
    expect(toResult({ status: 204 })).toEqual({ statusCode: 204, headers: {}, body: '' });
    expect(toResult({ status: 200, body: 'x', contentType: 'text/plain' })).toMatchObject({ body: 'x' });
  });

  it("over Lambda's 6 MB is compressed for a client that takes it", () => {
    const result = toResult(large, 'gzip, deflate');

    expect(result.headers).toMatchObject({ 'content-encoding': 'gzip' });
    expect(JSON.stringify(result).length).toBeLessThan(LAMBDA_BYTES);
    expect(JSON.parse(gunzipSync(Buffer.from(result.body ?? '', 'base64')).toString())).toEqual(large.body);
  });

  it('over 6 MB is refused with the remedy for a client that does not', () => {
    const result = toResult(large);

    expect(result.statusCode).toBe(413);
    expect(JSON.parse(result.body ?? '').detail).toMatch(/over 6 MB.*"limit"/);
  });
});
