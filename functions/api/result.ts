import { gzipSync } from 'node:zlib';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Answer } from './route.ts';

/** Lambda's payload ends at 6 MB; headers and JSON escapes of the result take some of it. */
const PAYLOAD_BYTES = 5.5 * 1024 * 1024;

/** What API Gateway is given. Text over Lambda's limit is compressed for clients that accept it, refused otherwise. */
export function toResult(answer: Answer, acceptEncoding = ''): APIGatewayProxyStructuredResultV2 {
  const { status } = answer;
  if (status === 204) return { statusCode: 204, headers: { ...answer.headers }, body: '' };
  const contentType = answer.contentType ?? 'application/json';
  const body = contentType === 'application/json' ? JSON.stringify(answer.body ?? null) : String(answer.body);
  const headers = { 'content-type': contentType, ...answer.headers };
  if (fits(body)) return { statusCode: status, headers, body };
  const compressed = /\bgzip\b/.test(acceptEncoding) ? gzipSync(body).toString('base64') : null;
  if (compressed === null || compressed.length > PAYLOAD_BYTES) return tooLarge();
  return {
    statusCode: status,
    headers: { ...headers, 'content-encoding': 'gzip' },
    body: compressed,
    isBase64Encoded: true,
  };
}

/** The result is JSON itself, in which quotes and line ends count twice, and no character more than six times. */
const fits = (body: string): boolean =>
  6 * Buffer.byteLength(body) <= PAYLOAD_BYTES || Buffer.byteLength(JSON.stringify(body)) <= PAYLOAD_BYTES;

function tooLarge(): APIGatewayProxyStructuredResultV2 {
  const detail =
    'The answer is over 6 MB. Ask for less at a time: with "limit" and "offset", or with a narrower filter.';
  return { statusCode: 413, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ detail }) };
}
