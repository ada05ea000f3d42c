import type { Command } from 'commander';
import type { Surroundings } from '../../cli/context.ts';
import { createProgram } from '../../cli/program.ts';
import { shellSplit } from '../../shared/domain/shell-split.ts';

/** A command of the tree that does something, and what its help says. */
export interface CommandOfTree {
  /** `work-pool create` */
  readonly path: string;
  readonly help: string;
  /** The lines below "Examples:", as somebody would type them. */
  readonly examples: readonly string[];
}

/** Surroundings in which nothing is printed and nobody is there. */
export const SILENT: Surroundings = {
  ...{ stdout: { write() {}, columns: 200 }, stderr: { write() {} }, env: {}, cwd: '.', interactive: false },
  signal: new AbortController().signal,
};

const leavesOf = (command: Command, path: readonly string[] = []): (readonly [path: string, command: Command])[] =>
  command.commands.length === 0
    ? [[path.join(' '), command]]
    : command.commands.flatMap((child) => leavesOf(child, [...path, child.name()]));

/** Every command of the tree but for the groups, in its order. */
export function everyCommand(): CommandOfTree[] {
  let printed = '';
  const write = (text: string) => {
    printed += text;
  };
  const program = createProgram({ ...SILENT, stdout: { write, columns: 200 } });
  return leavesOf(program).map(([path, command]) => {
    printed = '';
    command.outputHelp();
    const [help = '', examples = ''] = printed.split('\nExamples:\n');
    const lines = examples.split('\n').map((line) => line.replace(/^ +\$ /, '').trim());
    return { path, help, examples: lines.filter((line) => line !== '') };
  });
}

/** The words after `pushpool` of an example, without what the shell around it does; a file that it reads from stands as an argument. */
export function wordsOfExample(example: string): string[] {
  const inner = /\(pushpool ([^)]*)\)/.exec(example)?.[1] ?? example.replace(/^pushpool /, '');
  return shellSplit(inner.replace(/- < /, '').replace(/ [>#] ?.*$/, ''));
}

/** The path of the command that these words call; throws what commander says of words that it does not understand. */
export async function commandCalledBy(words: readonly string[]): Promise<string> {
  const program = createProgram(SILENT);
  let called = '';
  for (const [path, command] of leavesOf(program)) {
    command.action(() => {
      called = path;
    });
  }
  await program.parseAsync(words, { from: 'user' });
  return called;
}
