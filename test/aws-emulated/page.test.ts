import { describe, expect, inject, it } from 'vitest';

const origin = inject('apiUrl').replace(/\/api$/, '');

describe('the deployed web page', () => {
  it('shows under the host of the API, at its root and at every deep link, without a key', async () => {
    for (const route of ['/', '/runs/flow-run/1?tab=Logs', '/work-pools']) {
      const answer = await fetch(origin + route);

      expect(answer.status, route).toBe(200);
      expect(answer.headers.get('content-type'), route).toBe('text/html; charset=utf-8');
      expect(answer.headers.get('content-security-policy'), route).toContain("default-src 'self'");
      expect(await answer.text(), route).toContain('<title>pushpool</title>');
    }
  });

  it('has no file of a build that is gone, and leaves its paths to the API', async () => {
    const gone = await fetch(`${origin}/assets/index-old.js`);
    const documents = await fetch(`${origin}/openapi.json`);

    expect(gone.status).toBe(404);
    expect(documents.headers.get('content-type')).toContain('json');
  });
});
