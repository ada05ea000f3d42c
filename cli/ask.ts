import type { Context } from './context.ts';
import { Interrupted, UsageError } from './errors.ts';

/** Asks for a yes; without a terminal, or with --yes, the answer is yes. */
export async function confirm(context: Context, question: string, options: { yes?: boolean }): Promise<boolean> {
  if (options.yes || !context.interactive || context.out.json) return true;
  const { confirm: ask } = await import('@inquirer/prompts');
  return await answered(ask({ message: question, default: false }, { signal: context.signal }));
}

/** Asks to choose one; without a terminal throws `UsageError` that names the option to give instead. */
export async function choose<Value>(
  context: Context,
  question: string,
  choices: readonly { name: string; value: Value; description?: string }[],
  option: string,
): Promise<Value> {
  if (!context.interactive || context.out.json) {
    throw new UsageError(`Give ${option}: one of ${choices.map(({ name }) => name).join(', ')}.`);
  }
  const { select } = await import('@inquirer/prompts');
  return await answered(select({ message: question, choices, loop: false }, { signal: context.signal }));
}

/** Asks for a text that is not shown; without a terminal throws `UsageError` that names the option to give instead. */
export async function askSecret(context: Context, question: string, option: string): Promise<string> {
  if (!context.interactive || context.out.json) throw new UsageError(`${question} is missing: give ${option}.`);
  const { password } = await import('@inquirer/prompts');
  return await answered(password({ message: question, mask: true }, { signal: context.signal }));
}

/** Asks for a text at a terminal, with what is taken when nothing is typed. */
export async function askText(
  context: Context,
  question: string,
  options: { readonly default: string; readonly check: (text: string) => string | null },
): Promise<string> {
  const { input } = await import('@inquirer/prompts');
  const validate = (text: string) => options.check(text) ?? true;
  return await answered(input({ message: question, default: options.default, validate }, { signal: context.signal }));
}

async function answered<Value>(answer: Promise<Value>): Promise<Value> {
  try {
    return await answer;
  } catch (error) {
    const { name } = error as Error;
    if (name !== 'ExitPromptError' && name !== 'AbortPromptError') throw error;
    throw new Interrupted('Stopped at the question: nothing was changed.');
  }
}
