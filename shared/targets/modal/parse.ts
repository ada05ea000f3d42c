import { isJsonObject, type Json, type JsonObject } from '../../domain/json/json.ts';
import { shellSplit } from '../../domain/shell-split.ts';
import { JobReader, type Parsed } from '../parse.ts';
import { customisationOf } from './customisation.ts';

/** A job of a `modal:push` pool, checked; units as Modal counts. */
export interface ModalJob {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly name: string | null;
  readonly credentials: ModalCredentials;
  /** Null: named after the pool. */
  readonly appName: string | null;
  /** Empty: the account's default. */
  readonly environment: string;
  readonly image: string;
  readonly registry: { readonly secret: string; readonly kind: RegistryKind } | null;
  /** Names of Modal secrets. */
  readonly secrets: readonly string[];
  readonly milliCpu: number | null;
  readonly milliCpuMax: number | null;
  readonly memoryMb: number | null;
  readonly memoryMbMax: number | null;
  readonly gpu: { readonly type: string; readonly count: number } | null;
  readonly cloud: string | null;
  readonly regions: readonly string[];
  readonly timeoutSeconds: number;
  readonly workdir: string | null;
  readonly blockNetwork: boolean;
  readonly oidcToken: boolean;
  /** Fields of the protocol's sandbox that a customised job configuration adds. */
  readonly customisation: JsonObject;
}

export interface ModalCredentials {
  readonly tokenId: string;
  readonly tokenSecret: string;
}
export const REGISTRY_KINDS = ['docker', 'aws-ecr', 'gcp-artifact-registry'] as const;
export type RegistryKind = (typeof REGISTRY_KINDS)[number];

const DEFAULT_COMMAND = 'prefect flow-run execute';
const DEFAULT_IMAGE = 'docker.io/prefecthq/prefect:3-latest';
const DEFAULT_TIMEOUT_SECONDS = 3600;
/** A sandbox lives a day at most. */
const MAX_TIMEOUT_SECONDS = 86_400;
/** All arguments together, as the SDK counts. */
const MAX_ARGUMENT_CHARACTERS = 65_536;
export const OBJECT_NAME = /^[A-Za-z0-9._-]{1,63}$/;
/** Modal takes anything of this shape for an id. */
const APP_ID = /^ap-[A-Za-z0-9]{22}$/;
const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Pure: reads a resolved `job_configuration` (targets.md 2.4) and names every problem at once. */
export function parseModalJob(job: JsonObject, { complete }: { readonly complete: boolean }): Parsed<ModalJob> {
  const read = new JobReader();
  const credentials = credentialsOf(read, job, complete);
  const cpu = positive(read, job, 'cpu');
  const cpuLimit = limit(read, job, 'cpu', cpu);
  const memory = positive(read, job, 'memory');
  const memoryLimit = limit(read, job, 'memory', memory);
  return read.result<ModalJob>({
    command: commandOf(read, job),
    env: envOf(read, job),
    labels: read.texts(job, 'labels'),
    name: read.text(job, 'name'),
    credentials,
    appName: appNameOf(read, job),
    environment: read.text(job, 'environment') ?? environmentOfBlock(job) ?? '',
    image: imageOf(read, job),
    registry: registryOf(read, job),
    secrets: textsOf(read, job, 'secrets'),
    milliCpu: cpu && Math.trunc(cpu * 1000),
    milliCpuMax: cpuLimit && Math.trunc(cpuLimit * 1000),
    memoryMb: memory && Math.trunc(memory),
    memoryMbMax: memoryLimit && Math.trunc(memoryLimit),
    gpu: gpuOf(read, job),
    cloud: read.text(job, 'cloud'),
    regions: Array.isArray(job['region']) ? textsOf(read, job, 'region') : oneOrNone(read.text(job, 'region')),
    timeoutSeconds: timeoutOf(read, job),
    workdir: workdirOf(read, job),
    blockNetwork: read.boolean(job, 'block_network') ?? false,
    oidcToken: read.boolean(job, 'include_oidc_identity_token') ?? false,
    customisation: customisationOf(read, job),
  });
}

const oneOrNone = (text: string | null): string[] => (text === null ? [] : [text]);

function credentialsOf(read: JobReader, job: JsonObject, complete: boolean): ModalCredentials {
  const block = read.object(job, 'modal_credentials');
  // A pool is saved with a reference to the block, or before there is one.
  if (!complete && (!block || '$ref' in block)) return { tokenId: '', tokenSecret: '' };
  const tokenId = block && read.text(block, 'token_id', 'modal_credentials.token_id');
  const tokenSecret = block && read.text(block, 'token_secret', 'modal_credentials.token_secret');
  if (!tokenId || !tokenSecret) {
    const remedy =
      'Store a block of the type modal-credentials with token_id and token_secret and name it in the pool.';
    read.problem('modal_credentials', `a Modal token is required. ${remedy}`);
  }
  return { tokenId: tokenId ?? '', tokenSecret: tokenSecret ?? '' };
}

function environmentOfBlock(job: JsonObject): string | null {
  const block = job['modal_credentials'];
  const environment = isJsonObject(block) ? block['environment'] : null;
  return typeof environment === 'string' && environment !== '' ? environment : null;
}

function commandOf(read: JobReader, job: JsonObject): string[] {
  let words: string[] = [];
  try {
    words = shellSplit(read.text(job, 'command') ?? DEFAULT_COMMAND);
  } catch (error) {
    read.problem('command', error instanceof Error ? error.message : String(error));
  }
  if (words.reduce((sum, word) => sum + word.length, 0) > MAX_ARGUMENT_CHARACTERS) {
    read.problem(
      'command',
      `may hold ${MAX_ARGUMENT_CHARACTERS} characters at most. Put the long part into the image.`,
    );
  }
  return words;
}

function envOf(read: JobReader, job: JsonObject): Record<string, string> {
  const env = read.texts(job, 'env');
  for (const name of Object.keys(env)) {
    if (!ENV_NAME.test(name)) {
      read.problem(`env.${name}`, 'is no name for a variable: letters, digits and _, not a digit first.');
    }
  }
  return env;
}

function appNameOf(read: JobReader, job: JsonObject): string | null {
  const name = read.text(job, 'app_name');
  if (name !== null && (!OBJECT_NAME.test(name) || APP_ID.test(name))) {
    read.problem(
      'app_name',
      'may hold letters, digits, dashes, dots and underscores, 63 at most, and may not look like an id.',
    );
  }
  return name;
}

function imageOf(read: JobReader, job: JsonObject): string {
  const image = read.text(job, 'image') ?? DEFAULT_IMAGE;
  // The text becomes a line of a Dockerfile.
  if (/\s/.test(image)) read.problem('image', 'may not hold spaces or line breaks. Give the name of one image.');
  return image;
}

function registryOf(read: JobReader, job: JsonObject): ModalJob['registry'] {
  const registry = read.object(job, 'image_registry');
  if (!registry) return null;
  const secret = read.text(registry, 'secret', 'image_registry.secret');
  if (!secret) read.problem('image_registry.secret', 'is required: the name of a Modal secret with the credentials.');
  const kind = read.text(registry, 'kind', 'image_registry.kind') ?? 'docker';
  const known = REGISTRY_KINDS.find((one) => one === kind);
  if (!known) read.problem('image_registry.kind', `must be one of ${REGISTRY_KINDS.join(', ')}.`);
  return { secret: secret ?? '', kind: known ?? 'docker' };
}

function textsOf(read: JobReader, job: JsonObject, key: string): string[] {
  const list: Json[] = read.list(job, key) ?? [];
  const texts = list.filter((one): one is string => typeof one === 'string' && one !== '');
  if (texts.length < list.length) read.problem(key, 'must be a list of texts.');
  return texts;
}

function positive(read: JobReader, job: JsonObject, key: string): number | null {
  const value = read.number(job, key);
  if (value !== null && value <= 0) return read.problem(key, 'must be above 0.');
  return value;
}

function limit(read: JobReader, job: JsonObject, of: 'cpu' | 'memory', request: number | null): number | null {
  const key = `${of}_limit`;
  const value = positive(read, job, key);
  if (value === null) return null;
  if (request === null) return read.problem(key, `needs ${of} as well: what is reserved.`);
  if (value < request) return read.problem(key, `must be at least ${of}, which is ${request}.`);
  return value;
}

/** `T4`, `A100-80GB:2`. */
function gpuOf(read: JobReader, job: JsonObject): ModalJob['gpu'] {
  const text = read.text(job, 'gpu');
  if (text === null) return null;
  const parts = /^([A-Za-z0-9-]+)(?::([1-9]\d*))?$/.exec(text);
  if (!parts) return read.problem('gpu', 'must be a kind of GPU and, after a colon, how many: T4, A100-80GB:2.');
  return { type: parts[1]!.toUpperCase(), count: Number(parts[2] ?? 1) };
}

function timeoutOf(read: JobReader, job: JsonObject): number {
  const seconds = read.number(job, 'timeout') ?? DEFAULT_TIMEOUT_SECONDS;
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > MAX_TIMEOUT_SECONDS) {
    read.problem('timeout', `must be whole seconds from 1 to ${MAX_TIMEOUT_SECONDS} (a day).`);
  }
  return seconds;
}

function workdirOf(read: JobReader, job: JsonObject): string | null {
  const workdir = read.text(job, 'workdir');
  if (workdir !== null && !workdir.startsWith('/')) return read.problem('workdir', 'must be an absolute path.');
  return workdir;
}
