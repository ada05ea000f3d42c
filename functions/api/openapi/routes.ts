import { readPackagedData } from '../../../shared/operations/packaged-data.ts';
import { OPEN, ok, type Route, route } from '../route.ts';
import type { OpenApiDocument } from './document.ts';
import { DOCS_PAGE } from './page.ts';

/** Where the document is packed with a bundle, which leaves its generator out (docs/decisions/027). */
export const PACKED_DOCUMENT = 'openapi.json';
const GENERATOR = './document.ts';

/** The API about itself, under `/api` and at the root of the host, where Prefect has it as well. */
export function documentationRoutes(allOperations: () => Promise<Route[]>): Route[] {
  return [false, true].flatMap((atRoot) => [
    route({
      method: 'GET',
      path: '/openapi.json',
      atRoot,
      summary: 'Openapi',
      access: OPEN,
      handle: async ({ app }) => ok({ ...(await document(allOperations)), servers: [{ url: app.settings.apiUrl }] }),
    }),
    route({
      method: 'GET',
      path: '/docs',
      atRoot,
      summary: 'Docs',
      access: OPEN,
      handle: async () => ({
        status: 200,
        body: DOCS_PAGE,
        contentType: 'text/html; charset=utf-8',
        headers: {
          'content-security-policy': "default-src 'self'; style-src 'unsafe-inline'; script-src 'unsafe-inline'",
        },
      }),
    }),
  ]);
}

let generated: Promise<OpenApiDocument> | undefined;

/** From source the document is made of the schemas, once a process; a bundle has it as data. */
function document(allOperations: () => Promise<Route[]>): Promise<OpenApiDocument> {
  if (!import.meta.url.endsWith('.ts')) return readPackagedData<OpenApiDocument>(PACKED_DOCUMENT);
  generated ??= import(GENERATOR).then(async ({ openApiDocument }: typeof import('./document.ts')) =>
    openApiDocument(await allOperations()),
  );
  return generated;
}
