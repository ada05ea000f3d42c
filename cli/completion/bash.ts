import type { CompletionWords } from './words.ts';

/** Walks the words typed so far down the tree, then offers what may come next; file names where an option takes a value. */
export function bashScript(tree: readonly CompletionWords[]): string {
  const cases = tree.map(({ path, commands, options }) => {
    const words = [...commands.map(({ name }) => name), ...options.map(({ flag }) => flag)];
    return `    '${path}') words='${words.join(' ')}' ;;`;
  });
  const groups = tree.filter(({ commands }) => commands.length > 0);
  const steps = groups.flatMap(({ path, commands }) => commands.map(({ name }) => `'${path}|${name}'`));
  const valued = [...new Set(tree.flatMap(({ options }) => options.filter((o) => o.takesValue).map((o) => o.flag)))];
  return `# bash completion for pushpool
_pushpool() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path='' words='' index
  COMPREPLY=()
  case "$previous" in
    ${valued.join('|')}) COMPREPLY=($(compgen -f -- "$current")); return ;;
  esac
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "$path|\${COMP_WORDS[index]}" in
      ${steps.join('|')}) path="\${path:+$path }\${COMP_WORDS[index]}" ;;
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _pushpool pushpool
`;
}
