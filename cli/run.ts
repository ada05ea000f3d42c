import { type Command, CommanderError } from 'commander';
import type { Surroundings } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { explain } from './explain.ts';
import { createProgram } from './program.ts';

/** Carries out one command line; its exit code. Never throws: what went wrong is said on standard error. */
export async function runCommandLine(args: readonly string[], around: Surroundings): Promise<number> {
  const program = createProgram(around);
  try {
    await program.parseAsync(args, { from: 'user' });
    return EXIT.done;
  } catch (error) {
    if (error instanceof CommanderError) return endOfParsing(error, args, around, program);
    const { message, exitCode } = explain(error);
    around.stderr.write(`${message}\n`);
    if (around.env['PUSHPOOL_DEBUG']) around.stderr.write(`${(error as Error).stack}\n`);
    return exitCode;
  }
}

/** commander stops by throwing, for help as for mistakes. */
function endOfParsing(error: CommanderError, args: readonly string[], around: Surroundings, program: Command): number {
  if (error.exitCode === 0) return EXIT.done; // help or the version was asked for
  if (error.code === 'commander.help') {
    around.stderr.write(
      args.length === 0
        ? program.helpInformation()
        : `Say what to do: \`${commandOf(args, program)} --help\` lists the commands.\n`,
    );
    return EXIT.usage;
  }
  around.stderr.write(`${sentence(error)}\n\`${commandOf(args, program)} --help\` shows how it is done.\n`);
  return EXIT.usage;
}

function sentence({ code, message }: CommanderError): string {
  const text = message.replace(/^error: /, '').replace(/\n/, ' ');
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  const spaces = code === 'commander.excessArguments' ? ' A name with spaces is put in quotes: "my pool".' : '';
  return `${/[.?)]$/.test(capital) ? capital : `${capital}.`}${spaces}`;
}

/** `pushpool work-pool create` of what was typed: the words that lead down the tree of commands. */
function commandOf(args: readonly string[], program: Command): string {
  const words = [program.name()];
  let command = program;
  for (const word of args) {
    const next = command.commands.find((child) => child.name() === word || child.aliases().includes(word));
    if (!next) break;
    words.push(word);
    command = next;
  }
  return words.join(' ');
}
