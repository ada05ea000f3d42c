/** A query of Prefect's text search: any of `include`, none of `exclude`, all of `required`; lower case. */
export interface TextQuery {
  readonly include: string[];
  readonly exclude: string[];
  readonly required: string[];
}

/** A term or quoted phrase (`\"` and `\\` inside), with its sign. A sign that nothing follows is no term; an open quote runs to the end. */
const TERM = /([-!+]?)(?:"((?:\\[\s\S]|[^"\\])*\\?)"?|([^\s"]+))/g;

/** Reads a query (prefect-api 6.2): blanks separate terms, `-` or `!` excludes, `+` requires, quotes make phrases. */
export function parseTextQuery(query: string): TextQuery {
  const parsed: TextQuery = { include: [], exclude: [], required: [] };
  for (const [, sign, phrase, word] of query.matchAll(TERM)) {
    const term = (phrase?.replaceAll(/\\(["\\])/g, '$1') ?? word ?? '').toLowerCase();
    if (term.trim() === '' || (sign === '' && /^[-!+]$/.test(word ?? ''))) continue;
    if (sign === '+') parsed.required.push(term);
    else if (sign === '') parsed.include.push(term);
    else parsed.exclude.push(term);
  }
  return parsed;
}

/** Case-insensitive substring search; an empty query matches everything. */
export function matchesText(query: TextQuery, text: string): boolean {
  const haystack = text.toLowerCase();
  const found = (term: string): boolean => haystack.includes(term);
  return (
    (query.include.length === 0 || query.include.some(found)) &&
    !query.exclude.some(found) &&
    query.required.every(found)
  );
}
