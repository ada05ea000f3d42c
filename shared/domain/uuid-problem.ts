const GROUPS = [8, 4, 4, 4, 12];
/** The longest spelling: `urn:uuid:` and 36 characters. */
const LONGEST = 45;

/**
 * Why a text is no UUID, in the words of the parser that Prefect's answers quote (the `uuid` crate, through pydantic): they reach
 * the CLI's users.
 */
export function uuidProblem(text: string): string {
  if (Buffer.byteLength(text) > LONGEST) return `invalid length: found ${Buffer.byteLength(text)}`;
  const prefix = /^urn:uuid:|^\{(?=.*\}$)/s.exec(text)?.[0] ?? '';
  const bare = prefix === '{' ? text.slice(1, -1) : text.slice(prefix.length);
  const odd = /[^0-9a-fA-F-]/u.exec(bare);
  if (odd) return `invalid character: found \`${odd[0]}\` at ${odd.index + prefix.length}`;
  const groups = bare.split('-');
  if (groups.length === 1) return `invalid length: found ${bare.length}`;
  if (groups.length !== GROUPS.length) return `invalid group count: expected 5, found ${groups.length}`;
  const wrong = groups.findIndex((group, index) => group.length !== GROUPS[index]);
  return `invalid group length in group ${wrong}: expected ${GROUPS[wrong]}, found ${groups[wrong]?.length}`;
}
