import type { Client } from '../../../shared/api/client/client.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../shared/domain/json/json.ts';
import { Failure } from '../../errors.ts';
import { resolveReferences } from '../references.ts';
import { applyValues, envValues } from '../template.ts';
import { buildDockerImage } from './build-docker-image.ts';
import { pushDockerImage } from './push-docker-image.ts';
import { runShellScript } from './run-shell-script.ts';
import { setWorkingDirectory } from './set-working-directory.ts';
import type { Step, StepContext } from './step.ts';

/** The steps that pushpool can do itself, by the names that Prefect's packages give them. */
const STEPS: Record<string, Step> = {
  'prefect.deployments.steps.run_shell_script': runShellScript,
  'prefect.deployments.steps.utility.run_shell_script': runShellScript,
  'prefect.deployments.steps.set_working_directory': setWorkingDirectory,
  'prefect.deployments.steps.pull.set_working_directory': setWorkingDirectory,
  'prefect_docker.deployments.steps.build_docker_image': buildDockerImage,
  'prefect_docker.deployments.steps.push_docker_image': pushDockerImage,
};

/**
 * Runs steps one after the other. Each sees the outputs of those before it, by name and under the `id` of the step that gave
 * them; the outputs of all. Throws `Failure` that names the step.
 */
export async function runSteps(
  client: Client,
  steps: readonly JsonObject[],
  before: JsonObject,
  context: StepContext,
): Promise<JsonObject> {
  let outputs = { ...before };
  for (const written of steps) {
    const [[name, given] = ['', null], ...others] = Object.entries(written);
    if (name === '') continue;
    if (others.length > 0) {
      throw new Failure(
        `A step is one name with its inputs below it; "${name}" stands beside ${others.map(([key]) => key).join(', ')}. Indent them further.`,
      );
    }
    const step = stepNamed(name);
    context.out.note(`> ${name.split('.').at(-1)}`);
    const { id, requires: _, ...inputs } = isJsonObject(given) ? given : {};
    const result = await step(await inputsOf(client, inputs, outputs, context), context);
    outputs = { ...outputs, ...(typeof id === 'string' && { [id]: result }), ...result };
  }
  return outputs;
}

/** Outputs first, then blocks and variables, then the environment's names: Prefect's order. What is not set is left out. */
async function inputsOf(
  client: Client,
  inputs: JsonObject,
  outputs: JsonObject,
  { env }: StepContext,
): Promise<JsonObject> {
  const options = { removeUnset: true };
  const withOutputs = applyValues(inputs, outputs, env, options) as Json;
  const resolved = applyValues(await resolveReferences(client, withOutputs), envValues(env), env, options);
  return isJsonObject(resolved) ? resolved : {};
}

function stepNamed(name: string): Step {
  const step = Object.hasOwn(STEPS, name) ? STEPS[name] : undefined;
  if (step) return step;
  const known = Object.keys(STEPS).map((full) => full.split('.').at(-1));
  throw new Failure(
    `pushpool cannot do the step ${name}: it is Python code. It does ${[...new Set(known)].join(', ')} itself; deploy with \`prefect deploy\`, or call the program that the step stands for in a run_shell_script step.`,
  );
}
