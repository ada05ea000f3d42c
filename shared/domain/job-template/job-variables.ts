import { TerminalError } from '../errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../json/json.ts';

/** The deployment's variables with the run's on top; only `env` is merged key by key. */
export function mergeJobVariables(
  deployment: JsonObject | null | undefined,
  run: JsonObject | null | undefined,
): JsonObject {
  const merged = { ...deployment, ...run };
  const [deploymentEnv, runEnv] = [deployment?.['env'], run?.['env']];
  if (isJsonObject(deploymentEnv))
    merged['env'] = isJsonObject(runEnv) ? { ...deploymentEnv, ...runEnv } : deploymentEnv;
  return merged;
}

/** `{"env.FOO": "x"}` becomes `{"env": {"FOO": "x"}}`; where both spellings meet, the nested one wins. */
export function nestDottedKeys(variables: JsonObject): JsonObject {
  const nested: JsonObject = {};
  for (const [key, value] of Object.entries(variables)) if (key.includes('.')) setAtPath(nested, key, value);
  for (const [key, value] of Object.entries(variables)) {
    if (key.includes('.')) continue;
    const dotted = Object.hasOwn(nested, key) ? nested[key] : undefined;
    nested[key] = isJsonObject(dotted) && isJsonObject(value) ? deepMerge(dotted, value) : value;
  }
  return nested;
}

function setAtPath(target: JsonObject, path: string, value: Json): void {
  const parts = path.replaceAll('[', '.').replaceAll(']', '').split('.');
  const last = parts.pop() ?? path;
  let place = target;
  for (const part of parts) {
    const next: Json = Object.hasOwn(place, part) ? (place[part] ?? null) : {};
    if (!isJsonObject(next)) {
      throw new TerminalError(
        'job-variables-clash',
        `Job variable "${path}" sets a value inside "${part}", which another job variable has set to something else than an object.`,
      );
    }
    place[part] = next;
    place = next;
  }
  place[last] = value;
}

function deepMerge(below: JsonObject, above: JsonObject): JsonObject {
  const merged = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const under = Object.hasOwn(merged, key) ? merged[key] : undefined;
    merged[key] = isJsonObject(under) && isJsonObject(value) ? deepMerge(under, value) : value;
  }
  return merged;
}
