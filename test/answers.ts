import { answerOf } from '../functions/api/openapi/answers.ts';
import { successStatuses } from '../functions/api/openapi/success-statuses.ts';
import type { Route } from '../functions/api/route.ts';
import { allOperations } from '../functions/api/routes.ts';

/** Routes without parameters come first, as the router has it: `/flows/filter` is no `/flows/{id}`. */
const operations = (await allOperations())
  .filter(({ atRoot }) => !atRoot)
  .map((route) => ({ route, parameters: route.path.split('{').length, pattern: patternOf(route) }))
  .sort((a, b) => a.parameters - b.parameters);

function patternOf({ path }: Route): RegExp {
  return new RegExp(`^${path.replace(/\/$/, '').replaceAll(/\{[^/]+\}/g, '[^/]+')}/?$`);
}

/**
 * Holds the answer to a request that succeeded to what the OpenAPI document says of it; `path` begins after `/api`. Called for
 * every request of a test app, so that each test of the API is a test of the document. Throws what is different.
 */
export function assertDocumented(
  method: string,
  path: string,
  { status, body }: { readonly status: number; readonly body: unknown },
): void {
  const [plain = ''] = path.split('?');
  const found = operations.find(({ route, pattern }) => route.method === method && pattern.test(plain));
  if (!found || status >= 300) return;
  const { route } = found;
  const name = `${method} ${route.path}`;
  if (!successStatuses(route).includes(status)) throw new Error(`${name} answers ${status}, which is not documented.`);
  const schema = status === 204 ? undefined : answerOf(route);
  if (!schema) {
    if (body !== null) throw new Error(`${name} answers ${JSON.stringify(body)}, where nothing is documented.`);
    return;
  }
  const result = schema.safeParse(body);
  if (!result.success) {
    const problems = result.error.issues.map((issue) => JSON.stringify(issue));
    throw new Error(`${name} answers otherwise than documented:\n${problems.join('\n').slice(0, 2000)}`);
  }
}
