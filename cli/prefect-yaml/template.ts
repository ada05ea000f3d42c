import { atPath, LEAVE, type Placeholder, substitute } from '../../shared/domain/job-template/placeholders.ts';
import type { Json } from '../../shared/domain/json/json.ts';
import type { Env } from '../settings/settings.ts';

export interface ApplyOptions {
  /** What has no value is removed with the key or item that holds it, or becomes empty inside text; else it stays. */
  readonly removeUnset: boolean;
  /** Beginnings of names that are left for the run itself to fill in (`ctx.`). */
  readonly skip?: readonly string[];
  /** Called with each placeholder that has no value. */
  readonly onUnset?: (placeholder: string) => void;
}

/**
 * Fills in values by name (`{{ build-image.tag }}`) and environment variables (`{{ $NAME }}`), as Prefect's `apply_values` does;
 * blocks and variables are left to `references.ts`. A placeholder that is the whole text becomes the value as it is, one inside
 * text its spelling in Python. One difference: with `removeUnset: false` an unset item of a list stays too, where Prefect drops it
 * before the step that gives its value has run.
 */
export function applyValues(template: Json, values: Json, env: Env, options: ApplyOptions): Json | undefined {
  const read = (placeholder: Placeholder): Json | undefined => {
    if (placeholder.kind === 'environment') return env[placeholder.name.replace(/^\$+/, '')];
    return atPath(values, placeholder.name);
  };
  const fill = (placeholder: Placeholder, unset: Json | undefined) => {
    if (placeholder.kind === 'block' || placeholder.kind === 'variable') return LEAVE;
    if (options.skip?.some((prefix) => placeholder.name.startsWith(prefix))) return LEAVE;
    const value = read(placeholder);
    if (value !== undefined) return value;
    options.onUnset?.(placeholder.text);
    return options.removeUnset ? unset : LEAVE;
  };
  return substitute(template, {
    // An environment variable that is not set is the empty text, whole or not.
    whole: (placeholder) => fill(placeholder, placeholder.kind === 'environment' ? '' : undefined),
    inline: (placeholder) => fill(placeholder, undefined),
  });
}

/** The environment as values: Prefect fills `{{ NAME }}` from it too. */
export const envValues = (env: Env): Json =>
  Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
