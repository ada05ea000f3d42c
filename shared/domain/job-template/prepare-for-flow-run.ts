import type { Flow } from '../flow.ts';
import type { FlowRun } from '../flow-run.ts';
import { isJsonObject, type Json, type JsonObject } from '../json/json.ts';
import { pythonStr } from '../json/python-text.ts';
import { PREFECT_VERSION } from '../prefect-version.ts';
import { atPath, LEAVE, substitute } from './placeholders.ts';

/** What a job is prepared with. Only what labels, environment and name need of each entity. */
export interface Circumstances {
  readonly run: FlowRun;
  readonly flow: Pick<Flow, 'id' | 'name'> | null;
  readonly deployment: { readonly id: string; readonly name: string; readonly updated: string | null } | null;
  readonly pool: { readonly id: string; readonly name: string };
  /** How the container reaches this API: `PREFECT_API_URL`, the run's token under both its names. */
  readonly env: Readonly<Record<string, string>>;
  /** What runs when nobody gave a command; Prefect's own is `prefect flow-run execute`. */
  readonly defaultCommand?: string;
}

/** The container must speak to this API as this run, so a job's own value gives way (rule 8). */
const OURS = ['PREFECT_API_URL', 'PREFECT_API_AUTH_STRING', 'PREFECT_API_KEY', 'PREFECT__FLOW_RUN_ID'];
const DEFAULT_COMMAND = 'prefect flow-run execute';

/** Env, labels, name and command as Prefect's workers set them (`workers/base.py`, `prepare_for_flow_run`). */
export function prepareForFlowRun(job: JsonObject, about: Circumstances): { job: JsonObject; warnings: string[] } {
  const { env, warnings } = environment(job['env'], about);
  const prepared = {
    ...job,
    env,
    labels: { ...runLabels(about), ...texts(job['labels']) },
    name: jobName(job['name'], about),
    command: job['command'] || (about.defaultCommand ?? DEFAULT_COMMAND),
  };
  return { job: prepared, warnings };
}

/** Given values win over what describes the run; null removes a variable; nothing replaces what is ours. */
function environment(given: Json | undefined, about: Circumstances): { env: JsonObject; warnings: string[] } {
  const { run, flow, deployment } = about;
  const ours: Record<string, string> = { PREFECT__FLOW_RUN_ID: run.id };
  for (const name of OURS) if (about.env[name] !== undefined) ours[name] = about.env[name];
  const base: JsonObject = {
    ...about.env,
    PREFECT__FLOW_ID: run.flow_id,
    ...(flow && { PREFECT__FLOW_NAME: flow.name }),
    ...(run.deployment_id && { PREFECT__DEPLOYMENT_ID: run.deployment_id }),
    ...(deployment && { PREFECT__DEPLOYMENT_NAME: deployment.name }),
  };
  const own = isJsonObject(given) ? given : {};
  const env: JsonObject = {};
  for (const [name, value] of Object.entries({ ...base, ...own })) if (value !== null) env[name] = pythonStr(value);
  const replaced = Object.keys(ours).filter((name) => Object.hasOwn(own, name) && own[name] !== ours[name]);
  return {
    env: { ...env, ...ours },
    warnings: replaced.map(
      (name) =>
        `The job's environment sets ${name}; pushpool set it to its own value, because the run reports to this API with it.`,
    ),
  };
}

function runLabels({ run, flow, deployment, pool }: Circumstances): JsonObject {
  return {
    'prefect.io/flow-run-id': run.id,
    'prefect.io/flow-run-name': run.name,
    'prefect.io/version': PREFECT_VERSION,
    'prefect.io/work-pool-name': pool.name,
    'prefect.io/work-pool-id': pool.id,
    ...(flow && { 'prefect.io/flow-id': flow.id, 'prefect.io/flow-name': flow.name }),
    ...(deployment && {
      'prefect.io/deployment-id': deployment.id,
      'prefect.io/deployment-name': deployment.name,
      ...(deployment.updated && { 'prefect.io/deployment-updated': isoformat(deployment.updated) }),
    }),
  };
}

/** Python's spelling of a UTC time: `+00:00`, no fraction when it is zero. */
function isoformat(timestamp: string): string {
  return timestamp.replace(/(?:\.0+)?Z$/, '+00:00');
}

function texts(value: Json | undefined): JsonObject {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, pythonStr(item)]));
}

/** `{{ ctx.flow.x }}` and `{{ ctx.flow_run.x }}` in the name; without a name the run's. */
function jobName(given: Json | undefined, { run, flow }: Circumstances): Json {
  if (typeof given !== 'string' || given === '') return run.name;
  const context = { ctx: { flow: { ...flow }, flow_run: { ...run } } } as unknown as Json;
  const read = (placeholder: { name: string; kind: string }) =>
    placeholder.kind === 'standard' ? atPath(context, placeholder.name) : LEAVE;
  const rendered = substitute(given, { whole: read, inline: read });
  if (rendered === undefined) return given;
  return rendered === null || rendered === '' ? run.name : pythonStr(rendered);
}
