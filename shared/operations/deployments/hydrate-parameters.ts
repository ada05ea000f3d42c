import type { Json, JsonObject } from '../../domain/json/json.ts';
import { hydrateParameters, usesTemplates, VariableNotFound } from '../../domain/parameters/hydration.ts';
import type { Rendering } from '../../domain/parameters/templates.ts';
import type { App } from '../app.ts';
import { getVariables } from '../variables.ts';

/**
 * Parameters with their `__prefect_kind` objects replaced by values; variables are read as they are named, templates
 * see `context`. Throws
 * `HydrationError`. The template engine is loaded only for parameters that have templates.
 */
export async function hydrateWithVariables(
  app: App,
  parameters: JsonObject,
  context: Readonly<Record<string, unknown>> = {},
  rendering: Rendering = {},
): Promise<JsonObject> {
  const render = usesTemplates(parameters)
    ? (await import('../../domain/parameters/readable-templates.ts')).render
    : null;
  const renderTemplate = (template: string) => (render ? render(template, context, rendering) : template);
  const variables = new Map<string, Json>();
  for (;;) {
    try {
      return hydrateParameters(parameters, { variables, renderTemplate });
    } catch (error) {
      if (!(error instanceof VariableNotFound)) throw error;
      const found = await getVariables(app, [error.variableName]);
      if (found.size === 0) throw error;
      for (const [name, value] of found) variables.set(name, value);
    }
  }
}
