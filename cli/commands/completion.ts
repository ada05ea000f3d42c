import type { Command } from 'commander';
import { type AddCommand, action, addCommand, type Run } from '../command.ts';
import { UsageError } from '../errors.ts';

export const addCompletionCommand: AddCommand = (program, around) => {
  addCommand(program, 'completion <shell>', {
    description: 'Print a script that lets bash, zsh or fish complete commands and options.',
    examples: [
      'source <(pushpool completion bash)        # in ~/.bashrc',
      'source <(pushpool completion zsh)         # in ~/.zshrc, after compinit',
      'pushpool completion fish > ~/.config/fish/completions/pushpool.fish',
    ],
  }).action(action(around, completion(program)));
};

const completion =
  (program: Command): Run<[string], object> =>
  async ({ out }, _options, shell) => {
    const { completionScript, SHELLS } = await import('../completion/script.ts');
    if (!Object.hasOwn(SHELLS, shell)) {
      throw new UsageError(`There is no completion for "${shell}"; there is for ${Object.keys(SHELLS).join(', ')}.`);
    }
    const script = completionScript(shell as keyof typeof SHELLS, program);
    await out.result({ shell, script }, () => script);
  };
