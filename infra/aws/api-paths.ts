/** What the API function answers under the one host, as patterns of CloudFront; everything else is the web page. */
export const API_PATHS = ['/api/*', '/docs', '/docs/*', '/openapi.json', '/ui-settings'] as const;
