import { type Command, Option } from 'commander';
import { type CommonOptions, type Context, createContext, type Surroundings } from './context.ts';

/** Adds one command to its parent. Each command's file exports one. */
export type AddCommand = (parent: Command, around: Surroundings) => void;

/** What a command's own code is given: its arguments and options as commander read them, and the context. */
export type Run<Arguments extends unknown[], Options> = (
  context: Context,
  options: Options & CommonOptions,
  ...args: Arguments
) => Promise<void>;

/** A group of commands: `pushpool work-pool …`. */
export function addGroup(parent: Command, name: string, description: string): Command {
  return parent.command(name).description(description);
}

export interface CommandText {
  readonly description: string;
  /** Whole command lines, shown below the help. */
  readonly examples: readonly string[];
}

/** A command: `usage` as commander reads it (`create <name>`). Options and `run` are added by the caller. */
export function addCommand(parent: Command, usage: string, { description, examples }: CommandText): Command {
  return parent
    .command(usage)
    .description(description)
    .addHelpText('after', `\nExamples:\n${examples.map((example) => `  $ ${example}`).join('\n')}`);
}

/** commander's action for `run`: arguments first, then options, then the command itself. */
export function action<Arguments extends unknown[], Options>(around: Surroundings, run: Run<Arguments, Options>) {
  return async (...given: unknown[]) => {
    const command = given.pop() as Command;
    const options = given.pop() as Options & CommonOptions;
    const common = command.optsWithGlobals() as CommonOptions;
    await run(createContext(around, common), { ...options, ...common }, ...(given as Arguments));
  };
}

/** Collects an option that may be given many times. */
export const many = (value: string, before: string[] = []): string[] => [...before, value];

/** The options that every command takes, added to each one of the tree. */
export function addCommonOptions(command: Command): void {
  for (const child of command.commands) addCommonOptions(child);
  if (command.commands.length > 0) return;
  command
    .addOption(new Option('--json', 'print the result as JSON'))
    .addOption(new Option('--api-url <url>', 'address of the API, instead of PREFECT_API_URL'))
    .addOption(new Option('--no-color', 'print without colours'));
}
