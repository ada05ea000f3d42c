import type { CompletionWords } from './words.ts';

/** One line a word: offered when the words before it are the ones that lead there. */
export function fishScript(tree: readonly CompletionWords[]): string {
  const lines = tree.flatMap(({ path, commands, options }) => {
    const condition = `-n '__pushpool_at "${path}"'`;
    return [
      ...commands.map(
        ({ name, description }) => `complete -c pushpool -f ${condition} -a ${name} -d ${quoted(description)}`,
      ),
      ...options.map(
        ({ flag, description, takesValue }) =>
          `complete -c pushpool ${condition} -l ${flag.slice(2)}${takesValue ? ' -r' : ''} -d ${quoted(description)}`,
      ),
    ];
  });
  const steps = tree.flatMap(({ path, commands }) => commands.map(({ name }) => `"${path}|${name}"`));
  return `# fish completion for pushpool
function __pushpool_at
    set -l at ""
    for word in (commandline -opc)[2..-1]
        switch "$at|$word"
            case ${steps.join(' ')}
                set at (string trim "$at $word")
        end
    end
    test "$at" = "$argv[1]"
end
${lines.join('\n')}
`;
}

const quoted = (text: string) => `'${text.replaceAll(/\s+/g, ' ').replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
