import type { NameQuestion } from '../../shared/provision/resource.ts';
import { askText, confirm } from '../ask.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import { readJsonObject } from '../files.ts';
import type { ProvisionOptions } from './options.ts';

const CUSTOMISE = 'Would you like to customize the resource names for your infrastructure?';

/**
 * The names of what is made: those of `--names`, or what somebody at a terminal chooses; else as they were chosen before, so that a
 * second run finds what the first has made; else the defaults.
 */
export async function chooseNames(
  context: Context,
  questions: readonly NameQuestion[],
  pool: string,
  before: Readonly<Record<string, string>>,
  options: ProvisionOptions,
): Promise<Readonly<Record<string, string>>> {
  const names = Object.fromEntries(questions.map(({ key, defaultName }) => [key, before[key] ?? defaultName(pool)]));
  if (options.names !== undefined) return checked(questions, { ...names, ...readJsonObject(context, options.names) });
  const asks = context.interactive && !context.out.json && !options.yes;
  if (!asks || !(await confirm(context, CUSTOMISE, {}))) return checked(questions, names);
  for (const { key, prompt, check } of questions) {
    names[key] = await askText(context, prompt, { default: names[key]!, check });
  }
  return names;
}

function checked(
  questions: readonly NameQuestion[],
  names: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> {
  const unknown = Object.keys(names).filter((key) => !questions.some((question) => question.key === key));
  if (unknown.length > 0) {
    const known = questions.map(({ key }) => key).join(', ');
    throw new UsageError(`--names has "${unknown.join('", "')}", which is not made here. Names are: ${known}.`);
  }
  for (const { key, check } of questions) {
    const complaint = typeof names[key] === 'string' ? check(names[key]) : `"${key}" must be a text`;
    if (complaint) throw new UsageError(`${complaint}. Choose another with --names.`);
  }
  return names as Record<string, string>;
}
