import type { Json, JsonObject } from '../../domain/json/json.ts';
import {
  type FieldErrors,
  fieldErrors,
  recipesIn,
  type UnmadeValue,
} from '../../domain/json/json-schema-field-errors.ts';
import { HydrationError } from '../../domain/parameters/hydration.ts';
import type { App } from '../app.ts';
import { hydrateWithVariables } from './hydrate-parameters.ts';

/**
 * What is wrong with the values of a form (`POST /ui/schemas/validate`): recipes are made into values first, and those that
 * cannot be made are named. Templates are rendered, not only parsed. Throws 422 for a schema that is none.
 */
export async function checkFormValues(app: App, schema: JsonObject, values: JsonObject): Promise<FieldErrors> {
  const made = structuredClone(values);
  const unmade: UnmadeValue[] = [];
  for (const { path, recipe } of [...recipesIn(values)]) {
    try {
      const { value } = await hydrateWithVariables(app, { value: recipe });
      put(made, path, value);
    } catch (error) {
      if (!(error instanceof HydrationError)) throw error;
      unmade.push({ path, message: error.message });
      put(made, path, null);
    }
  }
  return fieldErrors(schema, made, unmade);
}

/** A recipe for nothing leaves its key out. */
function put(values: JsonObject, path: UnmadeValue['path'], value: Json | undefined): void {
  const parent = path.slice(0, -1).reduce<Json>((at, part) => (at as Record<string | number, Json>)[part]!, values);
  const last = path.at(-1)!;
  if (value === undefined) delete (parent as Record<string | number, Json>)[last];
  else (parent as Record<string | number, Json>)[last] = value;
}
