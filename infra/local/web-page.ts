import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { openPage, type Page } from '../../functions/page/page.ts';

/** Answers a request for the web page; false when it is somebody else's. */
export type WebPage = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Where `npm run ui:build` puts it. */
export const BUILT_PAGE = path.join(import.meta.dirname, '../../ui/dist');
/** Where the packed command line has it, beside its own file. */
export const PAGE_BESIDE = 'page';

/** What the API function answers although it does not lie under `/api`. */
const OF_THE_API = /^\/(?:api|docs|openapi\.json|ui-settings)(?:\/|$)/;

/** The built page from a folder, at the root of the home; it is there as soon as it is built. */
export function builtWebPage(folder: string = placeOfPage()): WebPage {
  let page: Page | null = null;
  return (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://page');
    if (OF_THE_API.test(pathname) || (request.method !== 'GET' && request.method !== 'HEAD')) return false;
    page ??= openPage(folder);
    if (!page) return false;
    const { status, headers, body } = page(pathname, request.headers['accept-encoding']);
    response.writeHead(status, { ...headers, 'content-length': body.length });
    response.end(request.method === 'HEAD' ? undefined : body);
    return true;
  };
}

function placeOfPage(): string {
  const beside = path.join(import.meta.dirname, PAGE_BESIDE);
  return existsSync(beside) ? beside : BUILT_PAGE;
}
