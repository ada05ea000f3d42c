/**
 * Rule 27: what CloudFront answers, as 503, in place of API Gateway's own 500 and 504 (a function out of memory or time).
 * The API function serves it as a good answer under this path, CloudFront keeps it for a day.
 */
export const UNAVAILABLE_PATH = '/unavailable';
export const UNAVAILABLE = {
  statusCode: 200,
  headers: { 'content-type': 'application/json', 'cache-control': 'public, max-age=86400', 'retry-after': '1' },
  body: '{"exception_message":"Service Unavailable"}',
} as const;
