import { existsSync, readFileSync, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

/** Answers a request for the web page; false when it is somebody else's. */
export type WebPage = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Where `npm run ui:build` puts it. */
export const BUILT_PAGE = path.join(import.meta.dirname, '../../ui/dist');
/** Where the packed command line has it, beside its own file. */
export const PAGE_BESIDE = 'page';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
};
/** Files whose names carry a hash of what is in them. */
const HASHED = /[/\\]assets[/\\]/;
/** What the API function answers although it does not lie under `/api`. */
const OF_THE_API = /^\/(?:api|docs|openapi\.json|ui-settings)(?:\/|$)/;

/** Headers of everything the page consists of; no other host is ever asked. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'self'",
    // docs/decisions/041: what draws the graph of a run compiles its drawing programs.
    "script-src 'self' 'unsafe-eval'",
    "img-src 'self' data: blob:",
    "style-src 'self' 'unsafe-inline'",
    "font-src 'self' data:",
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
};

/**
 * The built page from a folder, null when it is not there. Files whose names carry a hash are kept for a year by browsers, the
 * page itself is asked for each time. Paths that are no file show the page, which knows its own routes.
 */
export function builtWebPage(folder: string = placeOfPage()): WebPage | null {
  if (!existsSync(path.join(folder, 'index.html'))) return null;
  const packed = new Map<string, Buffer>();
  const gzipped = (file: string) => {
    const bytes = packed.get(file) ?? gzipSync(readFileSync(file));
    if (HASHED.test(file)) packed.set(file, bytes);
    return bytes;
  };
  return (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://page');
    if (OF_THE_API.test(pathname) || (request.method !== 'GET' && request.method !== 'HEAD')) return false;
    const file = fileFor(folder, pathname);
    if (file === null) {
      response.writeHead(404, { ...PAGE_HEADERS, 'content-type': 'text/plain; charset=utf-8' }).end('Not Found');
      return true;
    }
    const gzip = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '') && /\.(?:html|js|css|svg|json)$/.test(file);
    const body = gzip ? gzipped(file) : readFileSync(file);
    response.writeHead(200, {
      ...PAGE_HEADERS,
      'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream',
      'content-length': body.length,
      'cache-control': HASHED.test(pathname) ? 'public, max-age=31536000, immutable' : 'no-cache',
      ...(gzip && { 'content-encoding': 'gzip', vary: 'accept-encoding' }),
    });
    response.end(request.method === 'HEAD' ? undefined : body);
    return true;
  };
}

function placeOfPage(): string {
  const beside = path.join(import.meta.dirname, PAGE_BESIDE);
  return existsSync(beside) ? beside : BUILT_PAGE;
}

/** The file of a path inside the folder, or the page itself; null for an asset of a build that is gone. */
function fileFor(folder: string, pathname: string): string | null {
  const page = path.join(folder, 'index.html');
  let file: string;
  try {
    file = path.join(folder, path.posix.normalize(decodeURIComponent(pathname)));
  } catch {
    return page; // a path that is no text is no file
  }
  const inside = file.startsWith(`${folder}${path.sep}`);
  if (inside && existsSync(file) && statSync(file).isFile()) return file;
  return HASHED.test(pathname) ? null : page;
}
