import { isJsonObject, type Json, type JsonObject } from '../../domain/json/json.ts';
import type { JobReader } from '../parse.ts';

/**
 * The job of a `cloud-run:push` pool (Knative's shape, `run.googleapis.com/v1`) as a job of the v2 API (targets.md 2.3). What has no
 * counterpart is a problem with its path, so that nothing is left out without a word.
 */
export function fromKnative(body: JsonObject, reader: JobReader): JsonObject {
  const take = (from: JsonObject, path: string, known: readonly string[]): void => {
    for (const name of Object.keys(from)) {
      if (!known.includes(name))
        reader.problem(`${path}.${name}`, 'has no counterpart in the v2 API. Use a cloud-run-v2:push pool.');
    }
  };
  const at = (from: JsonObject, key: string, path: string): JsonObject => reader.object(from, key, path) ?? {};
  const spec = at(body, 'spec', 'job_body.spec');
  const execution = at(spec, 'template', 'job_body.spec.template');
  const executionSpec = at(execution, 'spec', 'job_body.spec.template.spec');
  const task = at(executionSpec, 'template', 'job_body.spec.template.spec.template');
  const path = 'job_body.spec.template.spec.template.spec';
  const taskSpec = at(task, 'spec', path);
  const metadata = at(body, 'metadata', 'job_body.metadata');
  const executionMetadata = at(execution, 'metadata', 'job_body.spec.template.metadata');
  take(body, 'job_body', ['apiVersion', 'kind', 'metadata', 'spec']);
  take(spec, 'job_body.spec', ['template']);
  take(execution, 'job_body.spec.template', ['spec', 'metadata']);
  take(executionSpec, 'job_body.spec.template.spec', ['template', 'taskCount', 'parallelism']);
  take(taskSpec, path, ['containers', 'timeoutSeconds', 'serviceAccountName', 'maxRetries']);
  const annotations = {
    ...at(metadata, 'annotations', 'job_body.metadata.annotations'),
    ...at(executionMetadata, 'annotations', 'job_body.spec.template.metadata.annotations'),
  };
  const timeout = taskSpec['timeoutSeconds'];
  const account = taskSpec['serviceAccountName'];
  return {
    launchStage: annotations['run.googleapis.com/launch-stage'] ?? 'BETA',
    labels: at(metadata, 'labels', 'job_body.metadata.labels'),
    template: {
      labels: at(executionMetadata, 'labels', 'job_body.spec.template.metadata.labels'),
      ...(executionSpec['taskCount'] !== undefined && { taskCount: executionSpec['taskCount'] }),
      ...(executionSpec['parallelism'] !== undefined && { parallelism: executionSpec['parallelism'] }),
      template: {
        containers: (reader.list(taskSpec, 'containers', `${path}.containers`) ?? []).map((one, place) =>
          containerOf(one, reader, `${path}.containers[${place}]`),
        ),
        ...(timeout !== undefined && { timeout: `${timeout}s` }),
        ...(account && { serviceAccount: account }),
        maxRetries: taskSpec['maxRetries'] ?? 0,
        ...fromAnnotations(annotations, reader),
      },
    },
  };
}

const GOOGLE = 'run.googleapis.com/';

function fromAnnotations(annotations: JsonObject, reader: JobReader): JsonObject {
  const task: JsonObject = {};
  const vpc: JsonObject = {};
  for (const [name, value] of Object.entries(annotations)) {
    const text = String(value);
    if (name === `${GOOGLE}vpc-access-connector`) vpc['connector'] = text;
    else if (name === `${GOOGLE}vpc-access-egress`) vpc['egress'] = text.toUpperCase().replaceAll('-', '_');
    else if (name === `${GOOGLE}execution-environment`)
      task['executionEnvironment'] = `EXECUTION_ENVIRONMENT_${text.toUpperCase()}`;
    else if (name === `${GOOGLE}cloudsql-instances`) {
      task['volumes'] = [{ name: 'cloudsql', cloudSqlInstance: { instances: text.split(',') } }];
    } else if (name !== `${GOOGLE}launch-stage`) {
      reader.problem(`job_body annotation ${name}`, 'has no counterpart in the v2 API. Use a cloud-run-v2:push pool.');
    }
  }
  return { ...task, ...(Object.keys(vpc).length > 0 && { vpcAccess: vpc }) };
}

function containerOf(given: Json, reader: JobReader, path: string): Json {
  if (!isJsonObject(given)) return given;
  const { env, resources, ...rest } = given;
  const limits = isJsonObject(resources) ? resources['limits'] : undefined;
  return {
    ...rest,
    ...(limits && { resources: { limits } }),
    ...(Array.isArray(env) && { env: env.map((one, place) => variableOf(one, reader, `${path}.env[${place}]`)) }),
  };
}

function variableOf(given: Json, reader: JobReader, path: string): Json {
  if (!isJsonObject(given) || given['valueFrom'] === undefined) return given;
  const reference = isJsonObject(given['valueFrom']) ? given['valueFrom']['secretKeyRef'] : undefined;
  if (!isJsonObject(reference)) {
    reader.problem(`${path}.valueFrom`, 'must be a secretKeyRef.');
    return given;
  }
  const secretKeyRef = { secret: reference['name'] ?? '', version: reference['key'] ?? 'latest' };
  return { name: given['name'] ?? '', valueSource: { secretKeyRef } };
}
