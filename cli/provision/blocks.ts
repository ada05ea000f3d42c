import type { BlockDocument } from '../../shared/api/client/blocks.ts';
import type { Client } from '../../shared/api/client/client.ts';
import { ApiError } from '../../shared/api/client/errors.ts';
import type { Blocks } from '../../shared/provision/resource.ts';
import { absent } from '../absent.ts';
import { Failure } from '../errors.ts';

/** Credentials blocks on the server that the command line talks to. */
export function serverBlocks({ blocks }: Client): Blocks {
  return {
    find: (typeSlug, name) => withSecrets((secrets) => blocks.readByName(typeSlug, name, { secrets })).catch(absent),
    async create(typeSlug, name, data) {
      const type = await blocks.readType(typeSlug);
      const schema = await blocks.newestSchema(type.id);
      if (!schema) throw new Failure(`The block type "${typeSlug}" has no schema on this server.`);
      return blocks.create({ name, data, block_type_id: type.id, block_schema_id: schema.id });
    },
    async update({ id }, data) {
      await blocks.update(id, { data });
      return withSecrets((secrets) => blocks.read(id, { secrets }));
    },
    async remove(id) {
      await blocks.delete(id);
    },
  };
}

/** With secrets where the API key may read them, else without. */
export async function withSecrets(read: (secrets: boolean) => Promise<BlockDocument>): Promise<BlockDocument> {
  try {
    return await read(true);
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return read(false);
    throw error;
  }
}
