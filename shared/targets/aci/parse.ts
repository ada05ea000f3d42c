import { isJsonObject, type Json, type JsonObject } from '../../domain/json/json.ts';
import { shellSplit } from '../../domain/shell-split.ts';
import { JobReader, type Parsed } from '../parse.ts';
import { groupOfTemplate, NAME } from './arm-template.ts';
import { type AciCredentials, isReference, readCredentials } from './credentials.ts';

/** A job of an `azure-container-instance:push` pool, checked. */
export interface AciJob {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly credentials: AciCredentials;
  /** The container group in ARM's own JSON; its name and location are still open (`arm-template.ts`). */
  readonly group: JsonObject;
  readonly keepContainerGroup: boolean;
  readonly warnings: readonly string[];
}

const DEFAULT_ENTRYPOINT = '/opt/prefect/entrypoint.sh';
const DEFAULT_IMAGE = 'prefecthq/prefect:3-latest';
const RESOURCE_GROUP = /^[-\w._()]{1,90}(?<!\.)$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Names of variables whose values Azure must not show to anybody. */
const SECURE = /(_KEY|_SECRET|_TOKEN|PASSWORD|^PREFECT_API_AUTH_STRING)$/i;
/** Azure takes 50 tags; two are ours (`submit.ts`). */
const MAX_LABELS = 48;
const PREFECT_NEEDS_GB = 0.8;

/** From the resolved job configuration to a container group; pure. All problems at once. */
export function parseAciJob(job: JsonObject, { complete }: { readonly complete: boolean }): Parsed<AciJob> {
  const reader = new JobReader();
  const warnings: string[] = [];
  const resourceGroup = reader.text(job, 'resource_group_name');
  if (!resourceGroup && complete)
    reader.problem('resource_group_name', 'is missing. Name the resource group to run in.');
  if (resourceGroup && !RESOURCE_GROUP.test(resourceGroup)) {
    reader.problem('resource_group_name', `"${resourceGroup}" is no name of a resource group.`);
  }
  const subscriptionId = reader.text(job, 'subscription_id');
  if (!subscriptionId && complete)
    reader.problem('subscription_id', 'is missing. Give the id of an Azure subscription.');
  if (subscriptionId && !UUID.test(subscriptionId) && complete) {
    reader.problem('subscription_id', 'is no id of a subscription (a UUID).');
  }
  const credentials =
    complete || !(isReference(job) || job['aci_credentials'] === undefined) ? readCredentials(job, reader) : null;
  const template = reader.object(job, 'arm_template');
  if (!template && complete) reader.problem('arm_template', 'is missing. Use the base job template of this pool type.');
  const group = template ? fillGroup(groupOfTemplate(withoutOurs(template), reader), job, reader, warnings) : {};
  return reader.result({
    subscriptionId: subscriptionId ?? '',
    resourceGroup: resourceGroup ?? '',
    credentials: credentials!,
    group,
    keepContainerGroup: reader.boolean(job, 'keep_container_group') ?? false,
    warnings,
  });
}

/** What is written over the template's first container below is not looked at: a command in brackets is no expression. */
function withoutOurs(template: JsonObject): JsonObject {
  const copy = structuredClone(template);
  const properties = path(copy, ['resources', 0, 'properties', 'containers', 0, 'properties']);
  if (isJsonObject(properties)) for (const name of ['command', 'environmentVariables']) delete properties[name];
  return copy;
}

function path(value: Json | undefined, steps: readonly (string | number)[]): Json | undefined {
  let found: Json | undefined = value;
  for (const step of steps) {
    found = Array.isArray(found) ? found[step as number] : isJsonObject(found) ? found[step] : undefined;
  }
  return found;
}

/** Prefect's worker writes these over the template as well (`prefect_azure/workers/container_instance.py`). */
function fillGroup(group: JsonObject, job: JsonObject, reader: JobReader, warnings: string[]): JsonObject {
  const place = 'arm_template.resources[0].properties';
  const properties = reader.object(group, 'properties', place) ?? {};
  const [first, ...others] = reader.list(properties, 'containers', `${place}.containers`) ?? [];
  if (!isJsonObject(first)) {
    reader.problem(`${place}.containers`, 'must hold the container that runs the flow.');
    return {};
  }
  const policy = reader.text(properties, 'restartPolicy', `${place}.restartPolicy`) ?? 'Never';
  if (policy !== 'Never') {
    reader.problem(
      `${place}.restartPolicy`,
      `must be Never, not ${policy}: a container that Azure starts again after a crash looks as if it ran for ever.`,
    );
  }
  const identities = texts(reader, job, 'identities');
  const registry = readRegistry(job, reader);
  const puller = registry?.['identity'];
  if (typeof puller === 'string' && !identities.includes(puller)) identities.push(puller);
  const subnets = texts(reader, job, 'subnet_ids');
  const servers = texts(reader, job, 'dns_servers');
  const { apiVersion: _version, type: _type, name: _name, dependsOn: _depends, comments: _comments, ...rest } = group;
  return {
    ...rest,
    tags: tagsOf(group, job, reader),
    ...(identities.length > 0 && { identity: identityOf(group['identity'], identities) }),
    properties: {
      ...properties,
      osType: reader.text(properties, 'osType', `${place}.osType`) ?? 'Linux',
      restartPolicy: 'Never',
      containers: [fillContainer(first, job, reader, warnings), ...others],
      ...(registry && { imageRegistryCredentials: [registry] }),
      ...(subnets.length > 0 && { subnetIds: subnets.map((id) => ({ id })) }),
      ...(servers.length > 0 && { dnsConfig: { ...object(properties['dnsConfig']), nameServers: servers } }),
    },
  };
}

function fillContainer(container: JsonObject, job: JsonObject, reader: JobReader, warnings: string[]): JsonObject {
  const place = 'arm_template.resources[0].properties.containers[0].properties';
  const properties = reader.object(container, 'properties', place) ?? {};
  const resources = reader.object(properties, 'resources', `${place}.resources`) ?? {};
  const requests = reader.object(resources, 'requests', `${place}.resources.requests`) ?? {};
  const cpu = reader.number(requests, 'cpu') ?? reader.number(job, 'cpu') ?? 1;
  const memory = reader.number(requests, 'memoryInGB', 'memory') ?? reader.number(job, 'memory') ?? 1;
  if (cpu <= 0) reader.problem('cpu', 'must be more than 0.');
  if (memory <= 0 || Math.abs(memory * 10 - Math.round(memory * 10)) > 1e-6) {
    reader.problem('memory', `must be a multiple of 0.1 GB, not ${memory}.`);
  }
  const image = reader.text(job, 'image') ?? reader.text(properties, 'image', `${place}.image`) ?? DEFAULT_IMAGE;
  if (memory < PREFECT_NEEDS_GB && /(^|\/)prefecthq\/prefect/.test(image)) {
    warnings.push(
      `A flow in Prefect's image needs about 1 GB of memory; this job asks for ${memory} GB (variable 'memory').`,
    );
  }
  const gpuCount = reader.number(job, 'gpu_count');
  const gpuSku = reader.text(job, 'gpu_sku');
  if (gpuCount && !gpuSku) reader.problem('gpu_sku', 'is missing: which GPU the `gpu_count` is about.');
  const gpu: JsonObject = { count: gpuCount ?? 1, ...(gpuSku && { sku: gpuSku }) };
  return {
    ...container,
    name: reader.text(container, 'name') ?? NAME,
    properties: {
      ...properties,
      image,
      command: commandOf(job, reader),
      resources: {
        ...resources,
        requests: { ...requests, cpu, memoryInGB: memory, ...((gpuCount || gpuSku) && { gpu }) },
      },
      environmentVariables: environmentOf(job, reader),
    },
  };
}

/** ACI's command replaces the image's entrypoint, so that of Prefect's images is put before it; null or "" leaves it out. */
function commandOf(job: JsonObject, reader: JobReader): string[] {
  const entrypoint = 'entrypoint' in job ? reader.text(job, 'entrypoint') : DEFAULT_ENTRYPOINT;
  const { command } = job;
  try {
    const words = Array.isArray(command) ? command.map(String) : shellSplit(reader.text(job, 'command') ?? '');
    return entrypoint ? [entrypoint, ...words] : words;
  } catch (error) {
    reader.problem('command', (error as Error).message);
    return [];
  }
}

function environmentOf(job: JsonObject, reader: JobReader): JsonObject[] {
  return Object.entries(reader.texts(job, 'env')).map(
    ([name, value]): JsonObject => (SECURE.test(name) ? { name, secureValue: value } : { name, value }),
  );
}

function tagsOf(group: JsonObject, job: JsonObject, reader: JobReader): JsonObject {
  const labels = { ...reader.texts(job, 'labels'), ...reader.texts(group, 'tags', 'arm_template.resources[0].tags') };
  const name = reader.text(job, 'name');
  const tags = Object.fromEntries(
    Object.entries({ ...(name && { name }), ...labels }).map(([key, value]) => [
      key.replaceAll(/[<>%&\\?/]/g, '_').slice(0, 512),
      value.slice(0, 256),
    ]),
  );
  if (Object.keys(tags).length > MAX_LABELS) {
    reader.problem('labels', `become tags, of which Azure takes 50 with ours; these are ${Object.keys(tags).length}.`);
  }
  return tags;
}

/** ACRManagedIdentity `{registry_url, identity}` or a Docker registry block `{registry_url, username, password}`. */
function readRegistry(job: JsonObject, reader: JobReader): JsonObject | null {
  const given = reader.object(job, 'image_registry');
  if (!given || Object.keys(given).length === 0 || '$ref' in given) return null;
  const url = reader.text(given, 'registry_url', 'image_registry.registry_url');
  if (!url) return reader.problem('image_registry.registry_url', 'is missing.');
  const server = url.replace(/^https?:\/\//, '').replace(/\/+$/, '');
  const identity = reader.text(given, 'identity', 'image_registry.identity');
  if (identity) return { server, identity };
  const username = reader.text(given, 'username', 'image_registry.username');
  const password = reader.text(given, 'password', 'image_registry.password');
  if (username && password) return { server, username, password };
  return reader.problem('image_registry', "needs an 'identity', or 'username' and 'password'.");
}

function identityOf(given: Json | undefined, ids: readonly string[]): JsonObject {
  const own = object(given);
  const system = String(own['type'] ?? '').includes('SystemAssigned');
  return {
    type: system ? 'SystemAssigned, UserAssigned' : 'UserAssigned',
    userAssignedIdentities: {
      ...object(own['userAssignedIdentities']),
      ...Object.fromEntries(ids.map((id) => [id, {}])),
    },
  };
}

const texts = (reader: JobReader, job: JsonObject, key: string): string[] => (reader.list(job, key) ?? []).map(String);
const object = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {});
