import type { Registry } from '../../shared/provision/resource.ts';
import type { Context } from '../context.ts';
import { runProcess } from '../prefect-yaml/steps/process.ts';
import { writeSetting } from '../settings/settings.ts';

const SETTING = 'PREFECT_DEFAULT_DOCKER_BUILD_NAMESPACE';
const LOGIN_SECONDS = 60;

/**
 * Makes the registry the one that images without a registry are built for, and logs Docker in where there is one. What could not be
 * done is said with the command that does it; the infrastructure is there all the same.
 */
export async function useRegistry(context: Context, registry: Registry): Promise<void> {
  writeSetting(context.env, SETTING, registry.namespace);
  context.out.note(`Images without a registry go to ${registry.namespace}: ${SETTING} is set.`);
  const problem = await logIn(context, registry);
  if (problem === null) context.out.note('Docker is logged in to it.');
  else context.out.note(`Docker is not logged in to it (${problem}). Once it can be: ${registry.loginCommand}`);
}

/** Null when that went well. */
async function logIn({ env, cwd, out, signal }: Context, registry: Registry): Promise<string | null> {
  try {
    const { server, username, password } = await registry.login();
    const within = AbortSignal.any([signal, AbortSignal.timeout(LOGIN_SECONDS * 1000)]);
    // By standard input: a password on the command line is seen by everybody on the machine.
    const { exitCode, stderr } = await runProcess(
      ['docker', 'login', '--username', username, '--password-stdin', server],
      { cwd, env, stream: false, input: password },
      { out, signal: within },
    );
    return exitCode === 0 ? null : (stderr.trim().split('\n').at(-1) ?? `exit code ${exitCode}`);
  } catch (error) {
    signal.throwIfAborted();
    const { name, message } = error as Error;
    return name === 'Failure' ? 'Docker was not found in PATH' : message.split('\n')[0]!;
  }
}
