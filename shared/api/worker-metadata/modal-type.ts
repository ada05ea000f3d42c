import type { JsonObject } from '../../domain/json/json.ts';
import { type PoolType, PREFECT_IMAGE, PUSH_DOCUMENTATION } from './pool-type.ts';

/** `modal:push` (targets.md 2.4): a type of our own, as no worker for Modal exists. One run is one Modal sandbox. */
export function modalType(): PoolType {
  return {
    type: 'modal:push',
    display_name: 'Modal - Push',
    description: 'Run flows in Modal sandboxes without a worker. Asks for a Modal account.',
    documentation_url: PUSH_DOCUMENTATION,
    logo_url: 'https://modal.com/favicon.ico',
    install_command: 'pip install modal',
    is_beta: false,
    default_base_job_configuration: {
      // Each value is one whole placeholder, so that an unset variable drops its key.
      job_configuration: Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, `{{ ${name} }}`])),
      variables: {
        type: 'object',
        properties: VARIABLES,
        required: ['modal_credentials'],
        definitions: { ModalCredentials: CREDENTIALS, ImageRegistry: IMAGE_REGISTRY },
      },
    },
  };
}

const string = (title: string, description: string, more: JsonObject = {}): JsonObject => ({
  title,
  description,
  type: 'string',
  ...more,
});
const number = (title: string, description: string, more: JsonObject = {}): JsonObject => ({
  title,
  description,
  type: 'number',
  exclusiveMinimum: 0,
  ...more,
});
const texts = { type: 'array', items: { type: 'string' } };
const map = { type: 'object', additionalProperties: { type: 'string' } };

const VARIABLES: Record<string, JsonObject> = {
  command: string('Command', 'What the sandbox runs. Leave it empty to run the flow.'),
  env: { title: 'Environment Variables', description: 'Environment variables of the sandbox.', ...map },
  labels: { title: 'Labels', description: 'Tags of the sandbox.', ...map },
  name: string('Name', 'What the sandbox is named after. Modal gets it with a suffix that makes it unique.'),
  modal_credentials: {
    title: 'Modal Credentials',
    description: 'The token with which sandboxes are created.',
    allOf: [{ $ref: '#/definitions/ModalCredentials' }],
  },
  app_name: string(
    'App Name',
    'The Modal app that holds the sandboxes; `prefect-` and the name of the pool when empty.',
  ),
  environment: string('Environment', "The Modal environment; the account's default when empty."),
  image: string('Image', 'The container image.', { default: `docker.io/${PREFECT_IMAGE}` }),
  image_registry: {
    title: 'Image Registry',
    description: 'How to reach a private registry.',
    allOf: [{ $ref: '#/definitions/ImageRegistry' }],
  },
  secrets: { title: 'Secrets', description: 'Names of Modal secrets to set as environment variables.', ...texts },
  cpu: number('CPU', 'Physical cores to reserve.', { default: 1 }),
  cpu_limit: number('CPU Limit', 'The most cores that the sandbox may use; at least the cores reserved.'),
  memory: number('Memory', 'Memory to reserve, in MiB.', { type: 'integer', default: 1024 }),
  memory_limit: number('Memory Limit', 'The most memory in MiB; the sandbox is ended above it.', { type: 'integer' }),
  gpu: string('GPU', 'A kind of GPU and how many, e.g. `T4` or `A100-80GB:2`.'),
  cloud: string('Cloud', 'The cloud provider to run on; any when empty.'),
  region: {
    title: 'Region',
    description: 'One or more regions to run in; any when empty.',
    anyOf: [{ type: 'string' }, texts],
  },
  timeout: number('Timeout', 'How long a flow run may take, in seconds; a day at most.', {
    type: 'integer',
    default: 3600,
    maximum: 86400,
  }),
  task_start_timeout_seconds: number(
    'Start Timeout',
    'How long a flow run may take to start, in seconds: the build of a new image and the wait for a free machine included.',
    { type: 'integer', default: 1800 },
  ),
  workdir: string('Working Directory', 'An absolute path.', { pattern: '^/' }),
  block_network: {
    title: 'Block Network',
    description: 'No network at all. A flow run needs it to report its state.',
    default: false,
    type: 'boolean',
  },
  include_oidc_identity_token: {
    title: 'Include OIDC Identity Token',
    description: "Gives the sandbox Modal's OIDC token in MODAL_IDENTITY_TOKEN, to sign in to clouds without keys.",
    default: false,
    type: 'boolean',
  },
};

const CREDENTIALS: JsonObject = {
  title: 'ModalCredentials',
  description: 'Credentials for submitting flow runs to Modal.',
  type: 'object',
  properties: {
    token_id: string('Token ID', 'The ID of a Modal token (`ak-...`).'),
    token_secret: string('Token Secret', 'The secret of the same token (`as-...`).', {
      writeOnly: true,
      format: 'password',
    }),
    environment: string('Environment', "The Modal environment to use; Modal's default when empty."),
  },
  required: ['token_id', 'token_secret'],
  block_type_slug: 'modal-credentials',
  secret_fields: ['token_secret'],
  block_schema_references: {},
};

const IMAGE_REGISTRY: JsonObject = {
  title: 'ImageRegistry',
  description: 'A Modal secret with the credentials of a registry, and the kind of the registry.',
  type: 'object',
  properties: {
    secret: string('Secret', 'The name of a Modal secret that holds the credentials.'),
    kind: string('Kind', 'What the secret holds.', {
      default: 'docker',
      enum: ['docker', 'aws-ecr', 'gcp-artifact-registry'],
    }),
  },
  required: ['secret'],
};
