import { readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

/** The pages of Prefect's wheel: the folder of each, and the path that it is served under. */
export const BUNDLES = [
  { version: 'v2', folder: 'ui-v2', base: '/v2' },
  { version: 'v1', folder: 'ui', base: '' },
] as const;

const PLACEHOLDER = '/PREFECT_UI_SERVE_BASE_REPLACE_PLACEHOLDER';
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
};
const OF_THE_API = /^\/(?:api|ui-settings)(?:\/|$|\?)/;

export interface PrefectsPages {
  readonly origin: string;
  close(): Promise<void>;
}

/**
 * The pages as Prefect's own server serves them (src/prefect/server/api/server.py, `create_ui_app`): both bundles with their base
 * written in, everything else passed on to a home, under one origin. `serverFolder` is `prefect/server` of an installed Prefect.
 */
export async function servePrefectsPages(serverFolder: string, apiUrl: string): Promise<PrefectsPages> {
  const server = createServer((incoming, response) => {
    if (OF_THE_API.test(incoming.url!)) passOn(incoming, response, apiUrl);
    else answer(serverFolder, incoming, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(serverFolder: string, { url }: IncomingMessage, response: ServerResponse): void {
  const { pathname } = new URL(url!, 'http://page');
  const { folder, base } = BUNDLES.find(
    (bundle) => pathname === bundle.base || pathname.startsWith(`${bundle.base}/`),
  )!;
  const root = path.join(serverFolder, folder);
  const wanted = path.join(root, path.posix.normalize(decodeURIComponent(pathname.slice(base.length))));
  const isFile = statSync(wanted, { throwIfNoEntry: false })?.isFile() ?? false;
  const file = isFile ? wanted : path.join(root, 'index.html'); // the page knows its own routes
  const type = TYPES[path.extname(file)] ?? 'application/octet-stream';
  const body = /\.(?:html|js|css|json)$/.test(file)
    ? readFileSync(file, 'utf8').replaceAll(PLACEHOLDER, base)
    : readFileSync(file);
  response.writeHead(200, { 'content-type': type }).end(body);
}

/** The page is told the address of the API by the home itself; here that address is this origin's. */
function passOn(incoming: IncomingMessage, response: ServerResponse, apiUrl: string): void {
  const { host, ...headers } = incoming.headers;
  const settings = incoming.url!.startsWith('/ui-settings');
  const outgoing = request(
    new URL(incoming.url!, apiUrl),
    { method: incoming.method!, headers: settings ? {} : headers },
    (theirs) => {
      response.writeHead(theirs.statusCode!, settings ? { 'content-type': 'application/json' } : theirs.headers);
      if (!settings) return void theirs.pipe(response);
      let text = '';
      theirs.on('data', (part) => (text += part));
      theirs.on('end', () => response.end(text.replace(apiUrl, `http://${host}/api`)));
    },
  );
  outgoing.on('error', (error) => response.destroy(error));
  incoming.pipe(outgoing);
}
