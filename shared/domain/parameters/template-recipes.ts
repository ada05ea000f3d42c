import { isJsonObject, type Json, type JsonObject } from '../json/json.ts';

/** Prefect's upgrade of plain texts to recipes; what is a recipe already stays. */
export function asRecipes(value: Json): Json {
  if (typeof value === 'string') return isTemplate(value) ? asRecipe(value) : value;
  if (Array.isArray(value)) return value.map(asRecipes);
  if (!isJsonObject(value) || '__prefect_kind' in value) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asRecipes(item)]));
}

function asRecipe(text: string): JsonObject {
  const single = /^\{\{((?:(?!\{\{)[\s\S])*)\}\}$/.exec(text.trim());
  if (!single) return { __prefect_kind: 'jinja', template: text };
  const template = `{{ ${single[1]!.trim()} | tojson }}`;
  return { __prefect_kind: 'json', value: { __prefect_kind: 'jinja', template } };
}

/** Whether a text is to be rendered: any other is what it says. */
export const isTemplate = (text: string): boolean => text.includes('{{') || text.includes('{%');
