import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

export interface PageAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}
/** What the page answers to a path, compressed where the browser takes it. */
export type Page = (path: string, acceptEncoding?: string) => PageAnswer;

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
const TEXT = /\.(?:html|js|css|svg|json)$/;

/** Headers of everything the page consists of; no other host is ever asked. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'self'",
    "script-src 'self'",
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
export function openPage(folder: string): Page | null {
  if (!existsSync(path.join(folder, 'index.html'))) return null;
  const packed = new Map<string, Buffer>();
  const gzipped = (file: string) => {
    const bytes = packed.get(file) ?? gzipSync(readFileSync(file));
    if (HASHED.test(file)) packed.set(file, bytes);
    return bytes;
  };
  return (pathname, acceptEncoding = '') => {
    const file = fileFor(folder, pathname);
    if (file === null) {
      const headers = { ...PAGE_HEADERS, 'content-type': 'text/plain; charset=utf-8' };
      return { status: 404, headers, body: Buffer.from('Not Found') };
    }
    const gzip = /\bgzip\b/.test(acceptEncoding) && TEXT.test(file);
    return {
      status: 200,
      headers: {
        ...PAGE_HEADERS,
        'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream',
        'cache-control': HASHED.test(pathname) ? 'public, max-age=31536000, immutable' : 'no-cache',
        ...(gzip && { 'content-encoding': 'gzip', vary: 'accept-encoding' }),
      },
      body: gzip ? gzipped(file) : readFileSync(file),
    };
  };
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
