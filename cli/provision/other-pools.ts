import type { Client } from '../../shared/api/client/client.ts';
import type { WorkPool } from '../../shared/api/client/work-pools.ts';
import { isJsonObject, type JsonObject } from '../../shared/domain/json/json.ts';
import type { OtherPool } from '../../shared/provision/resource.ts';
import { absent } from '../absent.ts';
import { withSecrets } from './blocks.ts';

/** `cloud-run` and `cloud-run-v2` pools share a cloud. */
const cloudOf = (type: string): string => type.replace('-v2:', ':');

/** The other pools of the same cloud, with what shows what they use. */
export async function otherPools(
  client: Client,
  { name, type }: Pick<WorkPool, 'name' | 'type'>,
): Promise<OtherPool[]> {
  const pools = (await client.workPools.list()).filter(
    (pool) => pool.name !== name && cloudOf(pool.type) === cloudOf(type),
  );
  return Promise.all(
    pools.map(async (pool) => {
      const defaults = defaultsOf(pool.base_job_template as JsonObject);
      return { name: pool.name, defaults, credentials: await credentialsOf(client, defaults) };
    }),
  );
}

function defaultsOf(template: JsonObject): JsonObject {
  const variables = isJsonObject(template['variables']) ? template['variables'] : {};
  const properties = isJsonObject(variables['properties']) ? variables['properties'] : {};
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, property]) =>
      isJsonObject(property) && property['default'] !== undefined ? [[name, property['default']]] : [],
    ),
  );
}

/** The block that one of the defaults refers to; empty when there is none. */
async function credentialsOf({ blocks }: Client, defaults: JsonObject): Promise<JsonObject> {
  for (const value of Object.values(defaults)) {
    const reference = isJsonObject(value) && isJsonObject(value['$ref']) ? value['$ref'] : null;
    const id = reference?.['block_document_id'];
    if (typeof id !== 'string') continue;
    return (await withSecrets((secrets) => blocks.read(id, { secrets })).catch(absent))?.data ?? {};
  }
  return {};
}
