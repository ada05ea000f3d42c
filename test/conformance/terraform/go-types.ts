import { isJsonObject, isRawNumber, type Json } from '../../../shared/domain/json/json.ts';

/**
 * How Go's encoding/json reads an answer into a type: null and what is missing leave the zero value, unknown fields are passed
 * over, and anything of another kind is an error. `path` is where the value stands, for the error.
 */
export interface GoType<T = unknown> {
  readonly zero: T;
  decode(value: Json, path: string): T;
}

/** A field per JSON name, in Go's type. */
export type Fields = Readonly<Record<string, GoType>>;

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/;
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** A type whose null is its zero value. */
function type<T>(name: string, zero: T, read: (value: Json, path: string) => T | undefined): GoType<T> {
  return {
    zero,
    decode: (value, path) => {
      const decoded = value === null ? zero : read(value, path);
      if (decoded === undefined) throw new TypeError(`${path}: ${JSON.stringify(value)} is no Go ${name}`);
      return decoded;
    },
  };
}

const text = (pattern: RegExp) => (value: Json) =>
  typeof value === 'string' && pattern.test(value) ? value : undefined;

export const string = type('string', '', text(/^/));
export const bool = type('bool', false, (value) => (typeof value === 'boolean' ? value : undefined));
/** Refuses `1.0` and `1e3`, which are whole numbers to JavaScript. */
export const int64 = type('int64', 0, (value) =>
  typeof value === 'number' && Number.isInteger(value) ? value : undefined,
);
export const float = type('float64', 0, (value) =>
  typeof value === 'number' ? value : isRawNumber(value) ? Number(value.rawJSON) : undefined,
);
export const uuid = type('uuid.UUID', '00000000-0000-0000-0000-000000000000', text(UUID));
export const time = type('time.Time', '0001-01-01T00:00:00Z', text(RFC_3339));
export const anything: GoType = { zero: null, decode: (value) => JSON.parse(JSON.stringify(value)) };

export const pointer = <T>(to: GoType<T>): GoType<T | null> => ({
  zero: null,
  decode: (value, path) => (value === null ? null : to.decode(value, path)),
});

export const list = <T>(of: GoType<T>): GoType<readonly T[] | null> =>
  type<readonly T[] | null>('slice', null, (value, path) =>
    Array.isArray(value) ? value.map((item, index) => of.decode(item, `${path}/${index}`)) : undefined,
  );

export const map = (of: GoType = anything): GoType<Record<string, unknown> | null> =>
  type<Record<string, unknown> | null>('map', null, (value, path) =>
    isJsonObject(value)
      ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, of.decode(item, `${path}/${key}`)]))
      : undefined,
  );

export function struct(fields: Fields): GoType<Record<string, unknown>> {
  const zero = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.zero]));
  return type('struct', zero, (value, path) => {
    if (!isJsonObject(value)) return undefined;
    const read = Object.entries(fields).map(([name, field]) => [
      name,
      value[name] === undefined ? field.zero : field.decode(value[name], `${path}/${name}`),
    ]);
    return Object.fromEntries(read);
  });
}
