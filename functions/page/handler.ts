import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { openPage } from './page.ts';

/** Where the HTTP API has the page; CloudFront, which has it at its root, puts this before every path. */
export const PAGE_PATH = '/page';
/** Browsers keep to HTTPS once they saw it: an address of CloudFront's answers nothing else. */
const ONLY_HTTPS = { 'strict-transport-security': 'max-age=31536000' };

/** The function of the web page: files of a folder beside it. Throws at once when the folder has no page. */
export function createPageHandler(folder: string) {
  const page = openPage(folder);
  if (!page) throw new Error(`There is no web page in ${folder}.`);
  return async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    const { status, headers, body } = page(event.rawPath.slice(PAGE_PATH.length), event.headers['accept-encoding']);
    return {
      statusCode: status,
      headers: { ...headers, ...ONLY_HTTPS },
      body: body.toString('base64'),
      isBase64Encoded: true,
    };
  };
}
