import { Failure } from '../../errors.ts';
import { type ProcessResult, runProcess } from './process.ts';
import type { StepContext } from './step.ts';

/** Runs `docker`. Throws `Failure` that says what to do when it is not installed, does not answer, or refuses. */
export async function docker(
  args: readonly string[],
  context: StepContext,
  options: { readonly stream?: boolean; readonly input?: string } = {},
): Promise<ProcessResult> {
  const { cwd, env } = context;
  const result = await runProcess(
    ['docker', ...args],
    { cwd, env, stream: options.stream ?? false, ...(options.input !== undefined && { input: options.input }) },
    context,
  ).catch((error: unknown) => {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(
      'Docker was not found in PATH, and a step of this deployment builds or pushes an image. Install it (https://docs.docker.com/get-docker/), or build the image elsewhere, name it in work_pool.job_variables.image and write `build: null` and `push: null` in the deployment.',
      { cause: error },
    );
  });
  if (result.exitCode === 0) return result;
  const reason = result.stderr.trim().split('\n').slice(-5).join('\n');
  if (/cannot connect to the docker daemon|is the docker daemon running|docker daemon is not running/i.test(reason)) {
    throw new Failure(`Docker is installed but does not answer: start it, then deploy again. (${reason})`);
  }
  if (/denied|unauthorized|no basic auth credentials|authentication required/i.test(reason)) {
    throw new Failure(`The registry refused: log in with \`docker login REGISTRY\`, then deploy again. ${reason}`);
  }
  throw new Failure(`\`docker ${args[0]}\` failed with code ${result.exitCode}: ${reason}`);
}
