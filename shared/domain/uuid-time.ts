/** The last time that can be written down with four digits of the year. */
const LATEST = Date.parse('9999-12-31T00:00:00Z');

/** Milliseconds since 1970 in a UUIDv7; null for other UUIDs. */
export function timeOfId(id: string): number | null {
  if (id[14] !== '7') return null;
  const at = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
  return at < LATEST ? at : null;
}
