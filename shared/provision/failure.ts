import { PushpoolError, TerminalError } from '../domain/errors.ts';
import { thing } from './thing.ts';

interface Step {
  readonly id: string;
  readonly line: string | null;
  readonly progress: string;
  readonly permissions: readonly string[];
}

/**
 * What a cloud refused, for people: the resource, the cloud's own words, the permissions that are needed. Ctrl-C stays what it is.
 * `made` are the lines of what was made before.
 */
export function failedStep(
  doing: 'Looking for' | 'Making' | 'Removing',
  step: Step,
  cause: unknown,
  made?: readonly string[],
) {
  if (cause instanceof Error && cause.name === 'AbortError') return cause;
  const message = (cause instanceof Error ? cause.message : String(cause)).trim().replace(/\.$/, '');
  const cloudName = cause instanceof Error && !(cause instanceof PushpoolError) ? `${cause.name}: ` : '';
  const needs =
    step.permissions.length > 0 && !(cause instanceof PushpoolError)
      ? ` It needs the permissions ${step.permissions.join(', ')}.`
      : '';
  const what = step.line === null ? `${step.progress} failed` : `${doing} ${thing(step.line)} failed`;
  return new TerminalError(
    'provisioning',
    `${what}: ${cloudName}${message}.${needs}${made ? ` ${keptText(made)}` : ''}`,
    {
      cause,
      details: { step: step.id },
    },
  );
}

/** What is there when it is not all there. */
export function keptText(made: readonly string[]): string {
  const again = 'Run the same command again to go on from here.';
  if (made.length === 0) return `Nothing was made. ${again}`;
  return `Made so far, and kept: ${made.map(thing).join('; ')}. ${again}`;
}
