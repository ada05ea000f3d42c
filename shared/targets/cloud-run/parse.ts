import { slug } from '../../domain/container-name.ts';
import { isJsonObject, type Json, type JsonObject } from '../../domain/json/json.ts';
import { shellSplit } from '../../domain/shell-split.ts';
import { JobReader, type Parsed } from '../parse.ts';
import { type GcpCredentials, readCredentials } from './credentials.ts';
import { fromKnative } from './knative.ts';
import { limitProblems } from './resources.ts';

/** A job of a `cloud-run-v2:push` or `cloud-run:push` pool, checked. */
export interface CloudRunJob {
  readonly credentials: GcpCredentials;
  readonly region: string;
  /** The readable part of its id. */
  readonly name: string;
  /** The job in Google's own JSON (v2), without what is of one attempt. */
  readonly body: JsonObject;
  readonly keepJob: boolean;
}

const DEFAULT_IMAGE = 'docker.io/prefecthq/prefect:3-latest';
const DEFAULT_REGION = 'us-central1';
const MAX_TIMEOUT_SECONDS = 604_800;
const READABLE = 40;
/** Google takes 64 labels; two are ours (`submit.ts`). */
const MAX_LABELS = 62;
const TASK = 'job_body.template.template';

/** From the resolved job configuration to a job of the v2 API; pure. All problems at once. */
export function parseCloudRunJob(job: JsonObject, { complete }: { readonly complete: boolean }): Parsed<CloudRunJob> {
  const reader = new JobReader();
  const block = job['credentials'];
  const later = !complete && (block === undefined || (isJsonObject(block) && '$ref' in block));
  const credentials = later ? null : readCredentials(job, reader);
  const given = reader.object(job, 'job_body');
  if (!given && complete) reader.problem('job_body', 'is missing. Use the base job template of this pool type.');
  const isKnative = given !== null && ('spec' in given || given['apiVersion'] === 'run.googleapis.com/v1');
  const body = given && (isKnative ? fromKnative(given, reader) : given);
  return reader.result({
    credentials: credentials!,
    region: reader.text(job, 'region') ?? DEFAULT_REGION,
    name: nameOf(reader.text(job, 'name') ?? ''),
    body: body ? fill(body, job, reader) : {},
    keepJob: reader.boolean(job, 'keep_job') ?? false,
  });
}

/** A job's id begins with a letter. */
function nameOf(text: string): string {
  const name = slug(text, READABLE) || 'run';
  return /^[a-z]/.test(name) ? name : slug(`run-${name}`, READABLE);
}

/** Prefect's worker writes these over the body as well (`prefect_gcp/workers/cloud_run_v2.py`). */
function fill(body: JsonObject, job: JsonObject, reader: JobReader): JsonObject {
  const execution = reader.object(body, 'template', 'job_body.template') ?? {};
  const task = reader.object(execution, 'template', TASK) ?? {};
  const [first, ...others] = reader.list(task, 'containers', `${TASK}.containers`) ?? [];
  if (!isJsonObject(first)) {
    reader.problem(`${TASK}.containers`, 'must hold the container that runs the flow.');
    return {};
  }
  const instances = (reader.list(job, 'cloudsql_instances') ?? []).map(String);
  const { vpcAccess, serviceAccount, ...rest } = task;
  const keepsVpc = isJsonObject(vpcAccess) && Object.values(vpcAccess).some((value) => value !== null && value !== '');
  const labels = labelsOf(reader.texts(job, 'labels'));
  const own = (from: JsonObject, path: string) => ({ ...labels, ...labelsOf(reader.texts(from, 'labels', path)) });
  const ofJob = own(body, 'job_body.labels');
  if (Object.keys(ofJob).length > MAX_LABELS)
    reader.problem('labels', `are ${Object.keys(ofJob).length}; Google takes ${MAX_LABELS} beside ours.`);
  return {
    ...body,
    labels: ofJob,
    template: {
      ...execution,
      labels: own(execution, 'job_body.template.labels'),
      template: {
        ...rest,
        ...(keepsVpc && { vpcAccess }),
        ...(serviceAccount && { serviceAccount }),
        maxRetries: reader.number(task, 'maxRetries', `${TASK}.maxRetries`) ?? 0, // Cloud Run's own default is 3
        ...timeoutOf(task, reader),
        containers: [containerOf(first, job, instances, reader), ...others],
        ...(instances.length > 0 && {
          volumes: [...listOf(task['volumes']), { name: 'cloudsql', cloudSqlInstance: { instances } }],
        }),
      },
    },
  };
}

function containerOf(
  container: JsonObject,
  job: JsonObject,
  instances: readonly string[],
  reader: JobReader,
): JsonObject {
  const resources = reader.object(container, 'resources', `${TASK}.containers[0].resources`) ?? {};
  const limits = reader.texts(resources, 'limits', `${TASK}.containers[0].resources.limits`);
  for (const [variable, message] of limitProblems(limits)) reader.problem(variable, message);
  const args = reader.list(container, 'args', 'args');
  return {
    ...container,
    image: reader.text(container, 'image', 'image') ?? DEFAULT_IMAGE,
    command: commandOf(job, reader),
    ...(args && { args: args.map(String) }),
    ...(Object.keys(limits).length > 0 && { resources: { ...resources, limits } }),
    env: environmentOf(container, job, reader),
    ...(instances.length > 0 && {
      volumeMounts: [...listOf(container['volumeMounts']), { name: 'cloudsql', mountPath: '/cloudsql' }],
    }),
  };
}

function commandOf(job: JsonObject, reader: JobReader): string[] {
  const { command } = job;
  if (Array.isArray(command)) return command.map(String);
  try {
    return shellSplit(reader.text(job, 'command') ?? '');
  } catch (error) {
    reader.problem('command', (error as Error).message);
    return [];
  }
}

/** The template's variables, the job's over them, secrets over both; names stand once, as Cloud Run asks. */
function environmentOf(container: JsonObject, job: JsonObject, reader: JobReader): JsonObject[] {
  const byName = new Map<string, JsonObject>();
  for (const one of listOf(container['env'])) if (isJsonObject(one)) byName.set(String(one['name']), one);
  for (const [name, value] of Object.entries(reader.texts(job, 'env'))) byName.set(name, { name, value });
  const secrets: JsonObject = {
    ...reader.object(job, 'env_from_secrets'),
    ...(job['prefect_api_key_secret'] && { PREFECT_API_KEY: job['prefect_api_key_secret'] }),
    ...(job['prefect_api_auth_string_secret'] && { PREFECT_API_AUTH_STRING: job['prefect_api_auth_string_secret'] }),
  };
  for (const [name, selector] of Object.entries(secrets)) {
    const secret = isJsonObject(selector) ? selector['secret'] : undefined;
    if (!isJsonObject(selector) || typeof secret !== 'string') {
      reader.problem(`env_from_secrets.${name}`, 'must name a `secret` of Secret Manager, and its `version`.');
      continue;
    }
    byName.set(name, {
      name,
      valueSource: { secretKeyRef: { secret, version: String(selector['version'] ?? 'latest') } },
    });
  }
  return [...byName.values()];
}

/** Seconds, as a number or as Google writes them (`600s`). */
function timeoutOf(task: JsonObject, reader: JobReader): JsonObject {
  const given = task['timeout'];
  if (given === undefined || given === null || given === '') return {};
  const seconds = Number(String(given).replace(/s$/, ''));
  if (seconds > 0 && seconds <= MAX_TIMEOUT_SECONDS) return { timeout: `${seconds}s` };
  reader.problem('timeout', `must be between 1 and ${MAX_TIMEOUT_SECONDS} seconds, not ${given}.`);
  return {};
}

/** Lower case, `[a-z0-9_-]`, 63 characters; keys begin with a letter. */
function labelsOf(labels: Readonly<Record<string, string>>): Record<string, string> {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9_-]/g, '-');
  return Object.fromEntries(
    Object.entries(labels)
      .map(
        ([key, value]) =>
          [
            plain(key)
              .replace(/^[^a-z]+/, '')
              .slice(0, 63),
            plain(value).slice(0, 63),
          ] as const,
      )
      .filter(([key]) => key !== ''),
  );
}

const listOf = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);
