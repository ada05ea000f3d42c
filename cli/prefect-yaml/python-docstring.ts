const SECTION = /^(?:args|arguments|params|parameters):\s*$/i;

/** What a docstring in Google's style says of each parameter, as Prefect reads it. `docstring` is without its margin. */
export function describedParameters(docstring: string | null): ReadonlyMap<string, string> {
  const lines = (docstring ?? '').split('\n');
  const start = lines.findIndex((line) => SECTION.test(line)) + 1;
  const found = new Map<string, string>();
  if (start === 0) return found;
  const margin = indentOf(lines[start] ?? '');
  let name: string | null = null;
  for (const line of lines.slice(start)) {
    const indent = indentOf(line);
    if (line.trim() !== '' && (indent === 0 || indent < margin)) break;
    const item = indent === margin ? /^\s*\*{0,2}(\w+)(?:\s*\([^)]*\))?:\s*(.*)$/.exec(line) : null;
    if (item) {
      name = item[1]!;
      found.set(name, item[2]!);
    } else if (name !== null) {
      found.set(name, `${found.get(name)}\n${line.slice(Math.min(indent, 2 * margin))}`);
    }
  }
  for (const [key, text] of found) found.set(key, text.trim());
  return found;
}

const indentOf = (line: string) => line.length - line.trimStart().length;
