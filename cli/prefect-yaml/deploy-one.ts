import type { Client } from '../../shared/api/client/client.ts';
import type { Deployment, DeploymentCreate, ScheduleCreate } from '../../shared/api/client/deployments.ts';
import { isJsonObject, type Json, type JsonObject } from '../../shared/domain/json/json.ts';
import { AGENT_POOL_TYPE } from '../../shared/domain/work-pool.ts';
import { absent } from '../absent.ts';
import type { Context } from '../context.ts';
import { Failure, UsageError } from '../errors.ts';
import type { DeploymentConfig, PrefectFile } from './config.ts';
import { type DeployOptions, jobVariablesOf, withOptions } from './options.ts';
import { pullStepsFor } from './pull-steps.ts';
import { readFlow } from './python-flow.ts';
import { resolveReferences } from './references.ts';
import { schedulesToSend, truth } from './schedules.ts';
import { runSteps } from './steps/run-steps.ts';
import type { StepContext } from './steps/step.ts';
import { applyValues, envValues } from './template.ts';
import { replaceTriggers } from './triggers.ts';

export interface Deployed {
  readonly deployment: Deployment;
  /** `flow/name`. */
  readonly fullName: string;
  readonly created: boolean;
}

/** Steps of the file that deployments have which write none of their own. */
export type Actions = Pick<PrefectFile, 'build' | 'push' | 'pull'>;

/**
 * Deploys one deployment in the order that Prefect keeps: options, blocks and variables and environment, build and push steps, their
 * outputs, then the API. May be repeated: the deployment of that flow and name is replaced. Throws a sentence that names the field.
 */
export async function deployOne(
  context: Context,
  client: Client,
  config: DeploymentConfig,
  actions: Actions,
  options: DeployOptions,
): Promise<Deployed> {
  const { out, env, cwd } = context;
  const { build, push, pull, ...rest } = config;
  const buildSteps = (build === undefined ? actions.build : build) ?? [];
  const pushSteps = (push === undefined ? actions.push : push) ?? [];
  const written = await withOptions(context, rest as JsonObject, options);
  const early = objectOf(
    applyValues(await resolveReferences(client, written), envValues(env), env, { removeUnset: false }),
  );
  const name = required(early['name'], 'The deployment has no name: give one with -n, or in the file.');
  const entrypoint = typeof early['entrypoint'] === 'string' ? early['entrypoint'] : null;
  const flow = flowOf(context, early, { entrypoint, name, chosen: options.flowName });
  const poolName = await checkPool(context, client, early);

  const stepContext: StepContext = {
    ...{ env, cwd, out, signal: context.signal },
    buildNamespace: context.settings().get('PREFECT_DEFAULT_DOCKER_BUILD_NAMESPACE')?.value ?? null,
  };
  let outputs: JsonObject = {};
  if (buildSteps.length > 0) outputs = await runSteps(client, buildSteps, outputs, stepContext);
  if (pushSteps.length > 0) outputs = await runSteps(client, pushSteps, outputs, stepContext);
  outputs = { ...outputs, ...jobVariablesOf(options) };

  const { schedules: givenSchedules, triggers: givenTriggers, ...fields } = early;
  const unset = (placeholder: string) =>
    out.warn(`Nothing gives a value for ${placeholder} in the deployment "${name}": it was left out.`);
  const final = objectOf(applyValues(fields, outputs, env, { removeUnset: true, skip: ['ctx.'], onUnset: unset }));
  const pool = objectOf(final['work_pool']);
  const jobVariables = objectOf(pool['job_variables']);
  const code = pullStepsFor({
    written: pull ?? actions.pull,
    ...{ buildSteps, image: jobVariables['image'], entrypoint, cwd },
  });
  if (code.note) out.note(code.note);
  const pullSteps = applyValues(code.steps, outputs, env, { removeUnset: false }) as JsonObject[];
  const schedules =
    givenSchedules == null
      ? undefined
      : schedulesToSend(listOf(applyValues(givenSchedules, outputs, env, { removeUnset: true })));

  const { id: flowId } = await client.flows.create({ name: flow.flowName });
  const { deployment, created } = await createOrUpdate(client, flow.flowName, {
    name: String(final['name']),
    flow_id: flowId,
    entrypoint,
    version: textOrNull(final['version']) ?? flow.version,
    description: textOrNull(final['description']) ?? flow.description,
    tags: tagsOf(final['tags']),
    parameters: objectOf(final['parameters']),
    parameter_openapi_schema: flow.parameterSchema,
    enforce_parameter_schema: flow.parameterSchema !== null && truth(final['enforce_parameter_schema'] ?? true),
    work_pool_name: poolName,
    work_queue_name: textOrNull(pool['work_queue_name']),
    job_variables: jobVariables,
    pull_steps: pullSteps,
    ...(schedules && { schedules }),
    ...limitsOf(final['concurrency_limit']),
    ...(final['paused'] != null && { paused: truth(final['paused']) }),
  });
  await replaceTriggers(client, { id: deployment.id, name }, templatedTriggers(givenTriggers, outputs, context));
  if (config.sla && config.sla.length > 0)
    out.warn(`"${name}" has SLAs, which pushpool does not keep: they were left out.`);
  return { deployment, fullName: `${flow.flowName}/${deployment.name}`, created };
}

/**
 * As Prefect does: a deployment that is there is changed, not sent again, which would keep job variables that are no longer given.
 * Schedules that the file says nothing of stay as they are; an empty list removes them.
 */
async function createOrUpdate(
  client: Client,
  flowName: string,
  body: Omit<DeploymentCreate, 'schedules'> & { schedules?: ScheduleCreate[] },
): Promise<Omit<Deployed, 'fullName'>> {
  const there = await client.deployments.readByName(flowName, body.name).catch(absent);
  if (!there) return client.deployments.create({ ...body, schedules: body.schedules ?? [] });
  const { name: _, flow_id: _flow, ...changes } = body;
  await client.deployments.update(there.id, changes);
  // an empty list changes nothing by itself
  if (body.schedules?.length === 0)
    for (const { id } of there.schedules) await client.deployments.deleteSchedule(there.id, id);
  return { deployment: await client.deployments.read(there.id), created: false };
}

interface Wanted {
  readonly entrypoint: string | null;
  readonly name: string;
  /** A name of the flow that wins over the source's. */
  readonly chosen: string | undefined;
}

/** The flow by its source, whose name wins over the file's as with Prefect; or, for a plain command, by a name alone. */
function flowOf({ cwd, out }: Context, config: JsonObject, { entrypoint, name, chosen }: Wanted) {
  const given = textOrNull(config['flow_name']);
  const schema = isJsonObject(config['parameter_openapi_schema']) ? config['parameter_openapi_schema'] : null;
  if (entrypoint !== null) {
    const read = readFlow(entrypoint, cwd);
    const flowName = chosen ?? (read.version === null ? given : null) ?? read.flowName;
    if (given !== null && given !== flowName)
      out.warn(`The flow of "${name}" is "${flowName}" in its source, not "${given}": \`flow_name\` was left out.`);
    return { ...read, flowName, ...(schema && { parameterSchema: schema }) };
  }
  const command = objectOf(objectOf(config['work_pool'])['job_variables'])['command'];
  if (command == null && given === null) {
    throw new UsageError(
      `What does the deployment "${name}" run? Give an entrypoint (\`pushpool deploy flow.py:my_flow\`), or an image and --command for a program in any language.`,
    );
  }
  return { flowName: given ?? name, description: null, version: null, parameterSchema: schema };
}

/** The pool's name, once it is known to take deployments. */
async function checkPool(context: Context, client: Client, config: JsonObject): Promise<string> {
  const fallback = context.settings().get('PREFECT_DEFAULT_WORK_POOL_NAME')?.value;
  const name = textOrNull(objectOf(config['work_pool'])['name']) ?? fallback;
  if (!name)
    throw new UsageError(
      'Which work pool? Give --pool, or work_pool.name in the file. `pushpool work-pool ls` lists them.',
    );
  const pool = await client.workPools.read(name).catch(absent);
  if (!pool) {
    throw new Failure(
      `There is no work pool "${name}", which the deployment goes to. Make it: pushpool work-pool create "${name}" --type process:push`,
    );
  }
  if (pool.type === AGENT_POOL_TYPE) {
    throw new Failure(
      `The work pool "${name}" is of the type ${AGENT_POOL_TYPE}, from Prefect's time of agents: choose another.`,
    );
  }
  return name;
}

/** Parameters of a trigger keep their placeholders: they are about the event (`{{ event.name }}`). */
function templatedTriggers(given: Json | undefined, outputs: JsonObject, { env }: Context): JsonObject[] {
  return listOf(given).map(({ parameters, ...trigger }) => ({
    ...objectOf(applyValues(trigger, outputs, env, { removeUnset: true })),
    ...(parameters !== undefined && { parameters }),
  }));
}

function limitsOf(value: Json | undefined) {
  if (!isJsonObject(value))
    return { concurrency_limit: value == null ? null : numberOf(value), concurrency_options: null };
  const { limit, collision_strategy: strategy, grace_period_seconds: grace } = value;
  return {
    concurrency_limit: limit == null ? null : numberOf(limit),
    concurrency_options:
      strategy == null
        ? null
        : {
            collision_strategy: String(strategy) as 'ENQUEUE' | 'CANCEL_NEW',
            ...(grace != null && { grace_period_seconds: numberOf(grace) }),
          },
  };
}

function numberOf(value: Json): number {
  const number = typeof value === 'number' ? value : Number(String(value));
  if (!Number.isInteger(number))
    throw new Failure(`\`concurrency_limit\` must be a whole number, not ${JSON.stringify(value)}.`);
  return number;
}

function tagsOf(value: Json | undefined): string[] {
  if (value == null) return [];
  const tags = Array.isArray(value) ? value : [value];
  return tags.map((tag) => (typeof tag === 'string' ? tag : JSON.stringify(tag))).filter((tag) => tag.trim() !== '');
}

function required(value: Json | undefined, sentence: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new UsageError(sentence);
}

const objectOf = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {});
const listOf = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isJsonObject) : []);
const textOrNull = (value: Json | undefined): string | null => (value == null || value === '' ? null : String(value));
