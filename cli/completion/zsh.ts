import type { CompletionWords } from './words.ts';

/** As bash's, with what each word means beside it. */
export function zshScript(tree: readonly CompletionWords[]): string {
  const cases = tree.map(({ path, commands, options }) => {
    const words = [
      ...commands.map(({ name, description }) => quoted(`${name}:${plain(description)}`)),
      ...options.map(({ flag, description }) => quoted(`${flag}:${plain(description)}`)),
    ];
    return `    '${path}') next=(${words.join(' ')}) ;;`;
  });
  const steps = tree.flatMap(({ path, commands }) => commands.map(({ name }) => `'${path}|${name}'`));
  const valued = [...new Set(tree.flatMap(({ options }) => options.filter((o) => o.takesValue).map((o) => o.flag)))];
  return `#compdef pushpool
_pushpool() {
  local path_typed='' index
  local -a next
  case "\${words[CURRENT-1]}" in
    ${valued.join('|')}) _files; return ;;
  esac
  for ((index = 2; index < CURRENT; index++)); do
    case "$path_typed|\${words[index]}" in
      ${steps.join('|')}) path_typed="\${path_typed:+$path_typed }\${words[index]}" ;;
    esac
  done
  case "$path_typed" in
${cases.join('\n')}
  esac
  _describe 'pushpool' next
}
compdef _pushpool pushpool
`;
}

const plain = (text: string) => text.replaceAll(':', ' ').replaceAll(/\s+/g, ' ');
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
