/**
 * The part of TOML that Prefect's `profiles.toml` is made of: tables, and keys with texts, numbers and booleans. Lists, dates and
 * inline tables are read over: no setting that pushpool uses is one.
 */
export type TomlTables = ReadonlyMap<string, ReadonlyMap<string, string>>;

const TABLE = /^\s*\[\s*([^\]]+?)\s*\]\s*(?:#.*)?$/;
const PAIR = /^\s*(?:"([^"]*)"|'([^']*)'|([\w.-]+))\s*=\s*(.*)$/;

/** Values by table and key; keys before the first table are in the table `""`. Every value comes as text. */
export function readTables(text: string): TomlTables {
  const tables = new Map<string, Map<string, string>>([['', new Map()]]);
  let table = '';
  for (const line of text.split(/\r?\n/)) {
    const name = TABLE.exec(line)?.[1];
    if (name !== undefined) {
      table = unquoted(name);
      if (!tables.has(table)) tables.set(table, new Map());
      continue;
    }
    const pair = PAIR.exec(line);
    if (!pair) continue;
    const value = readValue(pair[4] ?? '');
    if (value !== null) tables.get(table)?.set(pair[1] ?? pair[2] ?? pair[3] ?? '', value);
  }
  return tables;
}

/** The text with one key of one table set, or removed when `value` is null; every other line stays as it is. */
export function withValue(text: string, table: string, key: string, value: string | null): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const [start, end] = rangeOf(lines, table);
  const pair = value === null ? [] : [`${key} = ${JSON.stringify(value)}`];
  if (start === null) {
    const gap = lines.length > 0 ? [''] : [];
    return value === null ? text : `${[...lines, ...gap, `[${header(table)}]`, ...pair].join('\n')}\n`;
  }
  const at = lines.findIndex((line, index) => index >= start && index < end && keyOf(line) === key);
  if (at >= 0) lines.splice(at, 1, ...pair);
  else lines.splice(lastFilled(lines, start, end), 0, ...pair);
  return `${lines.join('\n')}\n`;
}

/** The lines of a table's keys, `start` first, `end` excluded; `start` is null when there is no such table. */
function rangeOf(lines: readonly string[], table: string): [number | null, number] {
  const isTable = (line: string) => TABLE.exec(line)?.[1];
  const named = lines.findIndex((line) => unquoted(isTable(line) ?? '') === table);
  const start = table === '' ? 0 : named < 0 ? null : named + 1;
  const next = lines.findIndex((line, index) => index >= (start ?? 0) && isTable(line) !== undefined);
  return [start, next < 0 ? lines.length : next];
}

function lastFilled(lines: readonly string[], start: number, end: number): number {
  let at = end;
  while (at > start && (lines[at - 1] ?? '').trim() === '') at--;
  return at;
}

function keyOf(line: string): string | null {
  const pair = PAIR.exec(line);
  return pair ? (pair[1] ?? pair[2] ?? pair[3] ?? null) : null;
}

/** `profiles."my profile"` is the table `profiles.my profile`. */
const unquoted = (name: string) => name.replaceAll(/["']/g, '').replaceAll(/\s*\.\s*/g, '.');

function header(table: string): string {
  const [first = '', ...rest] = table.split('.');
  return [first, ...(rest.length > 0 ? [rest.join('.')] : [])]
    .map((part) => (/^[\w-]+$/.test(part) ? part : JSON.stringify(part)))
    .join('.');
}

function readValue(text: string): string | null {
  const literal = /^'([^']*)'/.exec(text);
  if (literal) return literal[1] ?? '';
  const basic = /^"((?:[^"\\]|\\.)*)"/.exec(text);
  if (basic) return JSON.parse(`"${basic[1]}"`) as string;
  return /^(true|false|[+-]?[\d._eE+-]+)\s*(?:#.*)?$/.exec(text)?.[1] ?? null;
}
