import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isJsonObject, type Json, type JsonObject } from '../shared/domain/json/json.ts';
import type { Context } from './context.ts';
import { UsageError } from './errors.ts';

/** The text of a file that an option names, `-` for standard input. Throws `UsageError` that names the file and what is wrong. */
export function readTextFile({ cwd }: Pick<Context, 'cwd'>, name: string): string {
  try {
    return name === '-' ? readFileSync(0, 'utf8') : readFileSync(path.resolve(cwd, name), 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reasons: Record<string, string> = {
      ENOENT: 'there is no such file',
      EISDIR: 'that is a folder',
      EACCES: 'it may not be read',
    };
    throw new UsageError(`The file ${name} could not be read: ${reasons[code ?? ''] ?? message}.`);
  }
}

/** A JSON object from a file or, when the text begins with `{`, from the text itself. */
export function readJsonObject(context: Pick<Context, 'cwd'>, textOrFile: string): JsonObject {
  const isText = textOrFile.trimStart().startsWith('{');
  const where = isText ? 'The JSON' : `The file ${textOrFile}`;
  const value = parseJson(isText ? textOrFile : readTextFile(context, textOrFile), where);
  if (!isJsonObject(value)) throw new UsageError(`${where} must hold a JSON object.`);
  return value;
}

function parseJson(text: string, where: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new UsageError(`${where} is not JSON: ${(error as Error).message}.`);
  }
}

/** `key=value` pairs, of which a value that is JSON comes as what it says: `n=1` is a number, `name=1a` a text. */
export function readPairs(pairs: readonly string[], option: string): JsonObject {
  const result: JsonObject = {};
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 1) {
      if (pair.trimStart().startsWith('{')) {
        Object.assign(result, readJsonObject({ cwd: '.' }, pair));
        continue;
      }
      throw new UsageError(`${option} takes KEY=VALUE; "${pair}" has no "=".`);
    }
    result[pair.slice(0, at)] = jsonOrText(pair.slice(at + 1));
  }
  return result;
}

export function jsonOrText(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text; // as it stands: quotes around every text would be a nuisance on a command line
  }
}

/** A whole number from an option. */
export function readInteger(text: string, option: string, least: number): number {
  if (!/^-?\d+$/.test(text) || Number(text) < least) {
    throw new UsageError(`${option} takes a whole number from ${least}, not "${text}".`);
  }
  return Number(text);
}
