import type { Command } from 'commander';

/** A command of the tree as completion sees it: the words that lead to it, and what may come next. */
export interface CompletionWords {
  /** `work-pool create`; empty for the program itself. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly { readonly flag: string; readonly description: string; readonly takesValue: boolean }[];
}

/** Every command of the tree by each of its names, the program first. */
export function wordsOf(program: Command): CompletionWords[] {
  const found: CompletionWords[] = [];
  const visit = (command: Command, path: string[]) => {
    found.push({
      path: path.join(' '),
      commands: command.commands.flatMap((child) =>
        namesOf(child).map((name) => ({ name, description: child.description() })),
      ),
      options: [
        ...command.options.flatMap(({ long, description, required, optional }) =>
          long ? [{ flag: long, description, takesValue: required || optional }] : [],
        ),
        { flag: '--help', description: 'show how it is done', takesValue: false },
      ],
    });
    for (const child of command.commands) for (const name of namesOf(child)) visit(child, [...path, name]);
  };
  visit(program, []);
  return found;
}

const namesOf = (command: Command): string[] => [command.name(), ...command.aliases()];
