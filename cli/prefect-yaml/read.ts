import path from 'node:path';
import { parseDocument } from 'yaml';
import type * as z from 'zod/mini';
import { isJsonObject, type Json, type JsonObject } from '../../shared/domain/json/json.ts';
import type { Context } from '../context.ts';
import { Failure, UsageError } from '../errors.ts';
import { readTextFile } from '../files.ts';
import { DEPLOYMENT_KEYS, FILE_KEYS, type PrefectFile, prefectFile, SCHEDULE_KEYS, WORK_POOL_KEYS } from './config.ts';
import { asPyYamlReads } from './yaml-1.1.ts';

export interface ReadFile {
  readonly file: PrefectFile;
  /** Sentences about what was left out. */
  readonly warnings: readonly string[];
}

/** Reads and checks a `prefect.yaml`. Throws one sentence that names the deployment and the field that is wrong. */
export function readPrefectFile(context: Context, name: string): ReadFile {
  const value = parseYaml(readTextFile(context, name), name);
  const result = prefectFile.safeParse(value ?? {});
  if (!result.success) {
    const problems = result.error.issues.map((issue) => problemSentence(issue, value));
    throw new Failure(`${name} is not right:\n  - ${[...new Set(problems)].join('\n  - ')}`);
  }
  return { file: result.data, warnings: unknownKeys(value as JsonObject).map((text) => `${name}: ${text}`) };
}

/** As PyYAML reads: YAML 1.1, with `yes` and `no`, merge keys, and dates, which come as text. */
function parseYaml(text: string, name: string): Json {
  const document = parseDocument(text, { version: '1.1', customTags: asPyYamlReads, prettyErrors: true });
  const [error] = document.errors;
  if (error) throw new Failure(`${name} is not YAML: ${error.message.trimEnd()}`);
  try {
    return document.toJS({ maxAliasCount: 1000 });
  } catch (cause) {
    throw new Failure(`${name} is not YAML: ${(cause as Error).message}`);
  }
}

function problemSentence(issue: z.core.$ZodIssue, root: Json): string {
  const [first, index, ...rest] = issue.path as (string | number)[];
  const what = issue.code === 'invalid_type' ? `it must be ${article(issue.expected)}` : sentenceOf(issue);
  if (first !== 'deployments' || typeof index !== 'number') {
    return `${issue.path.length === 0 ? 'the file' : `\`${issue.path.join('.')}\``}: ${what}`;
  }
  const list = isJsonObject(root) && Array.isArray(root['deployments']) ? root['deployments'] : [];
  const deployment = list[index];
  const name = isJsonObject(deployment) && typeof deployment['name'] === 'string' ? deployment['name'] : null;
  const field = rest.length > 0 ? `\`${rest.join('.')}\` of ` : '';
  return `${field}the deployment ${name === null ? `number ${index + 1}` : `"${name}"`}: ${what}`;
}

/** zod says of a union only that no member fits: say which ones there are. */
function sentenceOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_union') return issue.message;
  const kinds = issue.errors.flatMap((member) =>
    member.flatMap((inner) =>
      inner.code === 'invalid_type' && inner.path.length === 0 ? [article(inner.expected)] : [],
    ),
  );
  return kinds.length > 0 ? `it must be ${[...new Set(kinds)].join(' or ')}` : 'it is not right';
}

const KINDS: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};
const article = (kind: string) => KINDS[kind] ?? kind;

/** Keys that nothing reads, each with the one that was probably meant. */
function unknownKeys(file: JsonObject): string[] {
  const found: string[] = [];
  const check = (value: unknown, known: readonly string[], where: string) => {
    if (!isJsonObject(value)) return;
    for (const key of Object.keys(value)) {
      if (known.includes(key) || /^([._]|x-)/.test(key)) continue;
      const [meant] = known
        .filter((name) => distance(name, key) <= 2)
        .sort((a, b) => distance(a, key) - distance(b, key));
      found.push(`"${key}"${where} is not read.${meant ? ` Did you mean "${meant}"?` : ''}`);
    }
  };
  check(file, FILE_KEYS, '');
  const deployments = file?.['deployments'];
  for (const [index, deployment] of (Array.isArray(deployments) ? deployments : []).entries()) {
    if (!isJsonObject(deployment)) continue;
    const where = ` of the deployment ${typeof deployment['name'] === 'string' ? `"${deployment['name']}"` : `number ${index + 1}`}`;
    check(deployment, DEPLOYMENT_KEYS, where);
    check(deployment['work_pool'], WORK_POOL_KEYS, ` in work_pool${where}`);
    const schedules = deployment['schedules'];
    for (const schedule of Array.isArray(schedules) ? schedules : [])
      check(schedule, SCHEDULE_KEYS, ` in a schedule${where}`);
  }
  return found;
}

/** How many letters differ (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      next.push(Math.min(row[j + 1]! + 1, next[j]! + 1, row[j]! + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}

/** The file that `--prefect-file` names, or the usual one when it is there. */
export function prefectFileName(
  context: Context,
  given: string | undefined,
  exists: (file: string) => boolean,
): string | null {
  if (given !== undefined) {
    if (!exists(path.resolve(context.cwd, given))) throw new UsageError(`There is no file ${given}.`);
    return given;
  }
  return exists(path.resolve(context.cwd, 'prefect.yaml')) ? 'prefect.yaml' : null;
}
