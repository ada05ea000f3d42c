/** One request: `METHOD /path`, its body, and a name under which later steps find the answer as `$name.field`. */
export type Step = readonly [call: string, body?: unknown, as?: string];

/** Requests that belong together, sent in order. Names of flows, pools and so on are its own, so that scenarios do not meet. */
export interface Scenario {
  readonly name: string;
  readonly steps: readonly Step[];
}

export const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';
export const IN_2030 = '2030-01-02T03:04:05Z';

/** `$name` and `$name.field.0.other` in a text are replaced by what the named answer held; a text that is nothing else keeps the type. */
export function resolve(value: unknown, answers: ReadonlyMap<string, unknown>): unknown {
  if (typeof value === 'string') {
    const whole = /^\$([a-zA-Z][\w.]*)$/.exec(value);
    if (whole) return lookUp(whole[1]!, answers);
    return value.replaceAll(/\$([a-zA-Z][\w.]*)/g, (_, path: string) => String(lookUp(path, answers)));
  }
  if (Array.isArray(value)) return value.map((item) => resolve(item, answers));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, answers)]));
  }
  return value;
}

function lookUp(path: string, answers: ReadonlyMap<string, unknown>): unknown {
  const [name = '', ...fields] = path.split('.');
  return fields.reduce<unknown>(
    (value, field) => (value as Record<string, unknown> | undefined)?.[field],
    answers.get(name),
  );
}
