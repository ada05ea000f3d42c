import { createRequire } from 'node:module';

/** Google's published descriptor of the API, as it comes with its client: the fake is strict about every field by it. */
interface Descriptor {
  readonly fields?: Readonly<
    Record<string, { readonly type: string; readonly rule?: string; readonly keyType?: string }>
  >;
  readonly values?: Readonly<Record<string, number>>;
  readonly nested?: Readonly<Record<string, Descriptor>>;
}

const root = createRequire(import.meta.url)('@google-cloud/run/build/protos/protos.json') as Descriptor;
const PACKAGE = ['google', 'cloud', 'run', 'v2'];
const WHOLE = /^u?int32$|^s?fixed32$|^sint32$/;
const LONG = /int64$|fixed64$/;

function at(path: readonly string[]): Descriptor | undefined {
  let found: Descriptor | undefined = root;
  for (const name of path) found = found?.nested?.[name];
  return found;
}

/** A type as a field of `scope` names it, and where it stands; protobuf looks from the inside out. */
function lookUp(name: string, scope: readonly string[]): { descriptor: Descriptor; scope: string[] } | null {
  const parts = name.split('.');
  for (let depth = scope.length; depth >= 0; depth--) {
    const path = [...scope.slice(0, depth), ...parts];
    const descriptor = at(path);
    if (descriptor) return { descriptor, scope: path };
  }
  return null;
}

/** What is wrong with `value` as proto3 JSON of this message of the Run API: path and reason of each. */
export function problemsOf(message: string, value: unknown): string[] {
  return messageProblems(value, [...PACKAGE, message], message);
}

function messageProblems(value: unknown, scope: readonly string[], path: string): string[] {
  const { fields = {} } = at(scope) ?? {};
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path}: no object`];
  return Object.entries(value).flatMap(([name, item]) => {
    const field = fields[name];
    const where = `${path}.${name}`;
    if (!field) return [`${where}: unknown field`];
    if (field.keyType) {
      return Object.entries(item as object).flatMap(([key, one]) =>
        valueProblems(one, field.type, scope, `${where}.${key}`),
      );
    }
    if (field.rule !== 'repeated') return valueProblems(item, field.type, scope, where);
    if (!Array.isArray(item)) return [`${where}: no list`];
    return item.flatMap((one, place) => valueProblems(one, field.type, scope, `${where}[${place}]`));
  });
}

function valueProblems(value: unknown, type: string, scope: readonly string[], path: string): string[] {
  const want = (good: boolean, what: string) => (good ? [] : [`${path}: no ${what}`]);
  if (type === 'string' || type === 'bytes') return want(typeof value === 'string', 'text');
  if (type === 'bool') return want(typeof value === 'boolean', 'boolean');
  if (WHOLE.test(type)) return want(Number.isInteger(value), 'whole number');
  if (LONG.test(type)) return want(/^-?\d+$/.test(String(value)), '64-bit number');
  if (type === 'double' || type === 'float') return want(typeof value === 'number', 'number');
  if (type === 'google.protobuf.Duration') return want(/^\d+(\.\d+)?s$/.test(String(value)), 'duration like 600s');
  if (type === 'google.protobuf.Timestamp') return want(!Number.isNaN(Date.parse(String(value))), 'time');
  const found = lookUp(type, scope);
  if (!found) return [];
  const { values } = found.descriptor;
  if (!values) return messageProblems(value, found.scope, path);
  return want(typeof value === 'string' ? value in values : Object.values(values).includes(value as number), `${type}`);
}

/** The same message with every enumeration as its number: what `$alt=json;enum-encoding=int` asks for. */
export function withNumbers(message: string, value: unknown): unknown {
  return numbered(value, [...PACKAGE, ...message.split('.')]);
}

/** The same message with every enumeration as its name, however it came in. */
export function withNames(message: string, value: unknown): unknown {
  return numbered(value, [...PACKAGE, ...message.split('.')], true);
}

function numbered(value: unknown, scope: readonly string[], names = false): unknown {
  const { fields = {} } = at(scope) ?? {};
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const type = fields[name]?.type;
      const found = type ? lookUp(type, scope) : null;
      if (!found || fields[name]?.keyType) return [name, item];
      const one = (part: unknown) => {
        const { values } = found.descriptor;
        if (!values) return /^google\.(protobuf|rpc)\./.test(type ?? '') ? part : numbered(part, found.scope, names);
        if (names) return typeof part === 'number' ? Object.keys(values).find((key) => values[key] === part) : part;
        return typeof part === 'string' ? values[part] : part;
      };
      return [name, Array.isArray(item) ? item.map(one) : one(item)];
    }),
  );
}
