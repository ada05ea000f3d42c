import path from 'node:path';
import { isJsonObject } from '../../../shared/domain/json/json.ts';
import { shellSplit } from '../../../shared/domain/shell-split.ts';
import { Failure } from '../../errors.ts';
import { runProcess } from './process.ts';
import type { Step } from './step.ts';

/** Runs a script line by line, each its own program, as Prefect's step of this name; outputs `stdout` and `stderr`. */
export const runShellScript: Step = async (inputs, context) => {
  const { script, directory, stream_output: stream = true, expand_env_vars: expand = false, shell = false } = inputs;
  if (typeof script !== 'string') throw new Failure('The step run_shell_script asks for a `script`.');
  const given = isJsonObject(inputs['env']) ? inputs['env'] : {};
  const texts = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]));
  const env = { ...context.env, ...texts };
  const cwd = typeof directory === 'string' ? path.resolve(context.cwd, directory) : context.cwd;
  const printed = { stdout: '', stderr: '' };
  for (const written of script.split(/\r?\n/)) {
    const line = expand ? expandVariables(written, env) : written;
    const words = shell ? [line.trim()] : shellSplit(line);
    const [program, ...args] = words;
    if (!program) continue;
    const options = { cwd, env, stream: Boolean(stream), shell: Boolean(shell) };
    const result = await runProcess([program, ...args], options, context);
    printed.stdout += result.stdout;
    printed.stderr += result.stderr;
    if (result.exitCode !== 0) {
      const last = result.stderr.trim() || result.stdout.trim();
      throw new Failure(
        `The line \`${line.trim()}\` of run_shell_script ended with code ${result.exitCode}${last ? `: ${last}` : '.'}`,
      );
    }
  }
  return { stdout: printed.stdout.trim(), stderr: printed.stderr.trim() };
};

/** `$NAME`, `${NAME}` and `$$` as Python's `string.Template` has them; what is not set stays. */
function expandVariables(line: string, env: Readonly<Record<string, string | undefined>>): string {
  return line.replaceAll(/\$(?:(\$)|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})/g, (all, escaped, plain, braced) =>
    escaped ? '$' : (env[plain ?? braced] ?? all),
  );
}
