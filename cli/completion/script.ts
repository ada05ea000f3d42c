import type { Command } from 'commander';
import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import { wordsOf } from './words.ts';
import { zshScript } from './zsh.ts';

export const SHELLS = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** A script for the shell, made from the tree of commands: it asks nobody while completing. */
export function completionScript(shell: keyof typeof SHELLS, program: Command): string {
  return SHELLS[shell](wordsOf(program));
}
