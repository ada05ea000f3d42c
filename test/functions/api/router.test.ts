import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everydayRoutes, routesAtFirstUse } from '../../../functions/api/routes.ts';
import { type TestApp, testApp } from '../../test-app.ts';

let home: TestApp;
beforeAll(async () => {
  home = await testApp();
});
afterAll(() => home.close());

const firstSegment = (path: string): string => path.split('/')[1] ?? '';

describe('routes that load at first use', () => {
  it.each(routesAtFirstUse.map((group) => [group.segments.join(', '), group] as const))(
    'of %s all begin with these segments, and each segment has a route',
    async (_, { segments, load }) => {
      const found = new Set((await load()).map(({ path }) => firstSegment(path)));

      expect([...found].sort()).toEqual([...segments].sort());
    },
  );

  it('share no first segment with those loaded with the function, nor with each other', () => {
    const segments = routesAtFirstUse.flatMap((group) => group.segments);

    expect(new Set(segments).size).toBe(segments.length);
    expect(everydayRoutes.map(({ path }) => firstSegment(path)).filter((one) => segments.includes(one))).toEqual([]);
  });
});

describe('a path that no route has', () => {
  it.each(['/nowhere', '/flows/nowhere/at/all', '/variables/nowhere/at/all', '/__proto__/x', '/toString'])(
    'answers 404 for %s',
    async (path) => {
      expect(await home.call('GET', path)).toMatchObject({ status: 404, body: { detail: 'Not Found' } });
    },
  );

  it.each([
    ['PUT', '/flows/'],
    ['DELETE', '/variables/'],
    ['PATCH', '/work_pools/'],
  ])('answers 405 when another method has it: %s %s', async (method, path) => {
    expect(await home.call(method, path)).toMatchObject({ status: 405, body: { detail: 'Method Not Allowed' } });
  });
});
