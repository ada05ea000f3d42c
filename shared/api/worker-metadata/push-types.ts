import type { JsonObject } from '../../domain/json/json.ts';
import { modalType } from './modal-type.ts';
import { type PoolType, type PoolTypes, PREFECT_IMAGE, PUSH_DOCUMENTATION } from './pool-type.ts';

/** The types of push work pools: worker types with the changes that `targets.md` (first section, section 2) asks for. */

interface Changes {
  readonly displayName: string;
  readonly description: string;
  /** Only a worker needs these: left out of variables and configuration. Saved pools that have them still work. */
  readonly without?: readonly string[];
  readonly required?: readonly string[];
  /** New variables; each goes to the configuration key of its own name. */
  readonly added?: Record<string, JsonObject>;
  readonly definitions?: Record<string, JsonObject>;
  /** What differs in variables that are there, e.g. a default. */
  readonly changed?: Record<string, JsonObject>;
}

const WORKER_ONLY = ['stream_output', 'task_watch_poll_interval'];
const CLOUD_RUN_TIMEOUT = {
  default: 3600,
  description:
    'How long a flow run may take, in seconds. Cloud Run ends the container after that; flows that take longer need a higher value.',
};

/** All push types by name. */
export function pushTypes(workers: PoolTypes): Record<string, PoolType> {
  const types = [
    pushType(workers, 'ecs', {
      displayName: 'AWS Elastic Container Service - Push',
      description: 'Run flows as AWS ECS tasks, on Fargate or EC2, without a worker. Asks for an AWS account.',
      without: WORKER_ONLY,
      changed: { image: { default: PREFECT_IMAGE } },
      added: {
        prefect_api_key_secret_arn: secretArn('PREFECT_API_KEY'),
        prefect_api_auth_string_secret_arn: secretArn('PREFECT_API_AUTH_STRING'),
      },
    }),
    pushType(workers, 'azure-container-instance', {
      displayName: 'Azure Container Instances - Push',
      description: 'Run flows in Azure Container Instances without a worker. Asks for an Azure account.',
      without: WORKER_ONLY,
      required: ['aci_credentials'],
      changed: { image: { default: PREFECT_IMAGE } },
      added: {
        keep_container_group: {
          title: 'Keep Container Group',
          description: 'Stop the container group after the run instead of deleting it.',
          default: false,
          type: 'boolean',
        },
      },
    }),
    pushType(workers, 'cloud-run-v2', {
      displayName: 'Google Cloud Run V2 - Push',
      description: 'Run flows as Google Cloud Run jobs (V2 API) without a worker. Asks for a Google Cloud account.',
      without: WORKER_ONLY,
      required: ['credentials'],
      changed: { timeout: CLOUD_RUN_TIMEOUT },
      added: CLOUD_RUN_ADDED,
      definitions: { SecretKeySelector: SECRET_KEY },
    }),
    pushType(workers, 'cloud-run', {
      displayName: 'Google Cloud Run - Push',
      description: 'Run flows as Google Cloud Run jobs (V1 API) without a worker. Asks for a Google Cloud account.',
      without: WORKER_ONLY,
      required: ['credentials'],
      changed: { timeout: CLOUD_RUN_TIMEOUT, image: { default: PREFECT_IMAGE } },
    }),
    modalType(),
    pushType(workers, 'process', {
      displayName: 'Process - Push',
      description: 'Run flows as processes of the machine that runs pushpool. Works in the local home only.',
    }),
  ];
  return Object.fromEntries(types.map((type) => [type.type, type]));
}

function pushType(workers: PoolTypes, name: string, changes: Changes): PoolType {
  const worker = Object.values(workers).find((types) => name in types)?.[name];
  if (!worker) throw new Error(`worker-metadata.json has no type "${name}".`);
  const { job_configuration, variables } = structuredClone(worker.default_base_job_configuration);
  for (const gone of changes.without ?? []) {
    delete job_configuration[gone];
    delete variables.properties[gone];
  }
  for (const [variable, change] of Object.entries(changes.changed ?? {})) {
    if (!variables.properties[variable]) throw new Error(`The type "${name}" has no variable "${variable}".`);
    Object.assign(variables.properties[variable], change);
  }
  for (const [variable, schema] of Object.entries(changes.added ?? {})) {
    variables.properties[variable] = schema;
    job_configuration[variable] = `{{ ${variable} }}`;
  }
  const required = [...(variables.required ?? []), ...(changes.required ?? [])];
  const definitions = { ...variables.definitions, ...changes.definitions };
  return {
    type: `${name}:push`,
    display_name: changes.displayName,
    description: changes.description,
    documentation_url: PUSH_DOCUMENTATION,
    logo_url: worker.logo_url,
    install_command: worker.install_command,
    is_beta: false,
    default_base_job_configuration: {
      job_configuration,
      variables: {
        ...variables,
        ...(required.length > 0 && { required }),
        ...(Object.keys(definitions).length > 0 && { definitions }),
      },
    },
  };
}

function secretArn(variable: string): JsonObject {
  return {
    title: `${variable} Secret ARN`,
    description: `ARN of an AWS secret that the container gets as ${variable}. The execution role must be allowed to read it.`,
    type: 'string',
  };
}

const SECRET_KEY: JsonObject = {
  title: 'SecretKeySelector',
  description: 'A version of a secret in Google Secret Manager.',
  type: 'object',
  properties: {
    secret: { title: 'Secret', description: 'The name of the secret.', type: 'string' },
    version: { title: 'Version', description: 'A version, or `latest`.', default: 'latest', type: 'string' },
  },
  required: ['secret'],
};

function secretFor(variable: string): JsonObject {
  return {
    title: `${variable} Secret`,
    description: `A secret that the container gets as ${variable}.`,
    allOf: [{ $ref: '#/definitions/SecretKeySelector' }],
  };
}

const CLOUD_RUN_ADDED: Record<string, JsonObject> = {
  env_from_secrets: {
    title: 'Environment Variables From Secrets',
    description: 'Environment variables of the container whose values are secrets, by name.',
    type: 'object',
    additionalProperties: { $ref: '#/definitions/SecretKeySelector' },
  },
  prefect_api_key_secret: secretFor('PREFECT_API_KEY'),
  prefect_api_auth_string_secret: secretFor('PREFECT_API_AUTH_STRING'),
  cloudsql_instances: {
    title: 'Cloud SQL Instances',
    description: 'Cloud SQL instances to mount at /cloudsql, each `project:region:instance`.',
    type: 'array',
    items: { type: 'string' },
  },
};
