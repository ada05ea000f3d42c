/** A column of a list: its heading, and what stands there for a row. */
export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => string;
}

const NO_LINES = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ' },
};
const STYLE = { 'padding-left': 0, 'padding-right': 0, head: [], border: [] };

/** Rows under headings, in columns as wide as their widest cell; `empty` when there are none. */
export async function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  empty: string,
): Promise<string> {
  if (rows.length === 0) return empty;
  const { default: Table } = await import('cli-table3');
  const lines = new Table({ head: columns.map(({ head }) => head.toUpperCase()), chars: NO_LINES, style: STYLE });
  for (const row of rows) lines.push(columns.map(({ cell }) => cell(row)));
  return trimmed(lines.toString());
}

/** Labels and values below each other; a value that is null or empty is left out. */
export async function details(values: Readonly<Record<string, unknown>>): Promise<string> {
  const rows = Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== '');
  const { default: Table } = await import('cli-table3');
  const lines = new Table({ chars: NO_LINES, style: STYLE });
  for (const [label, value] of rows) lines.push([`${label}:`, shown(value)]);
  return trimmed(lines.toString());
}

function shown(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join(', ') || '-';
  return JSON.stringify(value, null, 2);
}

const trimmed = (text: string) => text.replaceAll(/[ \t]+$/gm, '');
