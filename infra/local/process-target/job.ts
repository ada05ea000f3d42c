import { TerminalError } from '../../../shared/domain/errors.ts';
import { shellSplit } from '../../../shared/domain/shell-split.ts';
import type { Job } from '../../../shared/targets/target.ts';

/** What is run when neither the user nor the job template names a command. */
const DEFAULT_COMMAND = 'prefect flow-run execute';

/** The part of the home's environment that a run's process inherits; the rest (keys, Prefect settings of the operator) stays here. */
const INHERITED =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_\w+|TZ|TMPDIR|TEMP|TMP|VIRTUAL_ENV|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|(HTTPS?|NO|ALL)_PROXY)$/i;

/** A job of a `process` pool, checked: the fields of Prefect's process worker. */
export interface ProcessJob {
  readonly command: readonly string[];
  /** Null: a folder of the attempt's own, removed with it. */
  readonly workingDir: string | null;
  readonly env: Readonly<Record<string, string>>;
  readonly streamOutput: boolean;
  readonly name: string | null;
}

/** Reads the resolved job configuration. Throws `TerminalError('config')` that names the variable at fault. */
export function readJob(job: Job, homeEnv: NodeJS.ProcessEnv): ProcessJob {
  return {
    command: commandOf(job),
    workingDir: textOf(job, 'working_dir'),
    env: environmentOf(job, homeEnv),
    streamOutput: job['stream_output'] !== false,
    name: textOf(job, 'name'),
  };
}

/** The one place where the command is chosen: what the job says, else Prefect's own. */
export function commandOf(job: Job): string[] {
  const command = job['command'];
  if (Array.isArray(command) && command.every((word) => typeof word === 'string') && command.length > 0) return command;
  if (command !== undefined && command !== null && typeof command !== 'string') {
    throw new TerminalError('config', "The job variable 'command' must be a text.");
  }
  const words = shellSplit(command ?? '');
  return words.length > 0 ? words : shellSplit(DEFAULT_COMMAND);
}

function environmentOf(job: Job, homeEnv: NodeJS.ProcessEnv): Record<string, string> {
  const given = job['env'] ?? {};
  if (typeof given !== 'object' || Array.isArray(given)) {
    throw new TerminalError('config', "The job variable 'env' must be an object of texts.");
  }
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(homeEnv)) {
    if (value !== undefined && INHERITED.test(name)) env[name] = value;
  }
  for (const [name, value] of Object.entries(given)) {
    if (value === null)
      delete env[name]; // "unset", as in Prefect's templates
    else env[name] = typeof value === 'string' ? value : JSON.stringify(value);
  }
  return env;
}

function textOf(job: Job, field: string): string | null {
  const value = job[field];
  if (value === undefined || value === null || value === '') return null;
  if (typeof value !== 'string') throw new TerminalError('config', `The job variable '${field}' must be a text.`);
  return value;
}
