import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type OpenApiDocument, type Operation, openApiDocument } from '../../../../functions/api/openapi/document.ts';
import { allOperations } from '../../../../functions/api/routes.ts';
import type { JsonSchema } from '../../../../shared/api/openapi-schema.ts';
import { testApp } from '../../../test-app.ts';
import { ALLOWED } from './allowed-differences.ts';
import { answerDifferences, shapeDifferences, shapeOf } from './shape.ts';

const operations = await allOperations();

/** Made by make-prefect-openapi.py from the Prefect that pushpool follows. */
const prefect = JSON.parse(
  readFileSync(new URL('./data/prefect-openapi.json', import.meta.url), 'utf8'),
) as OpenApiDocument;
const ours = openApiDocument(operations);

const operationsOf = ({ paths }: OpenApiDocument): Map<string, Operation> =>
  new Map(
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
    ),
  );
const [known, wanted] = [operationsOf(ours), operationsOf(prefect)];
const schemasOf = ({ components }: OpenApiDocument) => components['schemas'] as Record<string, unknown>;

const bodyOf = (operation: Operation) => operation.requestBody?.content['application/json']?.schema;
const parametersOf = ({ parameters = [] }: Partial<Operation>) =>
  parameters
    .map(({ in: place, name, required, schema }) => {
      const { types } = shapeOf(schema, { ...schemasOf(prefect), ...schemasOf(ours) }).get('')!;
      return `${place} ${name} ${required ? 'required ' : ''}${types.join(' or ')}`;
    })
    .sort();
const successes = ({ responses }: Operation) => Object.keys(responses).filter((status) => status < '300');

/** There is no token to give: pages and clients learn so from the refusal. */
const ONLY_REFUSES = new Set(['GET /csrf-token']);

/** Every difference of one operation, a line each. */
function differences(name: string): string[] {
  const [our, their] = [known.get(name), wanted.get(name)];
  if (!our || !their) return [];
  const lines: string[] = [];
  const [a, b] = [parametersOf(our), parametersOf(their)];
  if (a.join() !== b.join()) lines.push(`parameters ${a.join()}, Prefect ${b.join()}`);
  const [body, theirBody] = [bodyOf(our), bodyOf(their)];
  if (!body !== !theirBody) lines.push(`has ${body ? 'a' : 'no'} body`);
  else if (body && theirBody) {
    lines.push(...shapeDifferences(shapeOf(body, schemasOf(ours)), shapeOf(theirBody, schemasOf(prefect))));
    if (our.requestBody?.required && !their.requestBody?.required) lines.push('the body is required');
    if (!our.requestBody?.required && their.requestBody?.required) lines.push('the body is not required');
  }
  const missing = successes(their).filter((status) => !successes(our).includes(status));
  if (missing.length > 0) lines.push(`answers ${successes(our).join()}, Prefect ${missing.join()}`);
  const [answer, theirAnswer] = [answerIn(our), answerIn(their)];
  if (answer && theirAnswer) {
    const shapes = [shapeOf(answer, schemasOf(ours)), shapeOf(theirAnswer, schemasOf(prefect))] as const;
    lines.push(...answerDifferences(...shapes).map((line) => `answer ${line}`));
  }
  return lines.map((line) => `${name} ${line}`);
}

/** Where Prefect's document says nothing of an answer ({}), there is nothing to compare. */
function answerIn({ responses }: Operation): JsonSchema | undefined {
  const schema = Object.entries(responses)
    .filter(([status]) => status < '300')
    .map(([, { content }]) => content?.['application/json']?.schema)
    .find((one) => one !== undefined);
  return schema && Object.keys(schema).length > 0 ? schema : undefined;
}

const allLines = [...wanted.keys()].flatMap(differences);
const isAllowed = (line: string): boolean => ALLOWED.some(({ lines }) => lines.test(line));

describe("the OpenAPI document beside Prefect's", () => {
  it('has every operation by path and method', () => {
    const missing = [...wanted.keys()].filter((name) => !known.has(name));

    expect(missing).toEqual([]);
  });

  it("takes the parameters and bodies that Prefect's takes, and gives its answers with its statuses", () => {
    expect(allLines.filter((line) => !isAllowed(line))).toEqual([]);
  });

  it.each(ALLOWED)('allows no difference that is none any more: $reason', ({ lines }) => {
    expect(allLines.some((line) => lines.test(line))).toBe(true);
  });

  it('adds only the routes of the web page and our own', () => {
    const added = [...known.keys()].filter((name) => !wanted.has(name));

    expect(added.filter((name) => !/ \/(ui|api_keys|orphans)\//.test(`${name}/`))).toEqual([]);
  });
});

describe('the OpenAPI document', () => {
  it('says of every operation what it answers', () => {
    const silent = [...known].filter(
      ([name, operation]) => !ONLY_REFUSES.has(name) && !successes(operation).includes('204') && !answerIn(operation),
    );

    expect(silent.map(([name]) => name)).toEqual([]);
  });

  it('refers only to components that it has, and names every operation once', () => {
    const text = JSON.stringify(ours);
    const references = new Set([...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference!));
    const components = Object.keys(schemasOf(ours)).map((name) => `#/components/schemas/${name}`);

    expect([...references].filter((reference) => !components.includes(reference))).toEqual([]);
    const ids = [...known.values()].map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is served without credentials with the address of this server, and so is its page, which asks nobody else', async () => {
    const home = await testApp({ authRequired: true });

    const document = await home.call('GET', '/openapi.json');
    const page = await home.call('GET', '/docs');

    expect(document.body.servers).toEqual([{ url: home.app.settings.apiUrl }]);
    expect(Object.keys(document.body.paths)).toEqual(Object.keys(ours.paths));
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.body).not.toMatch(/https?:|\bsrc=|\/\//);
    await home.close();
  });
});
