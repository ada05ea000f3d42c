import type { Client } from '../../shared/api/client/client.ts';
import type { Blocks } from '../../shared/provision/resource.ts';
import { absent } from '../absent.ts';
import { Failure } from '../errors.ts';

/** Credentials blocks on the server that the command line talks to. */
export function serverBlocks({ blocks }: Client): Blocks {
  return {
    find: (typeSlug, name) => blocks.readByName(typeSlug, name).catch(absent),
    async create(typeSlug, name, data) {
      const type = await blocks.readType(typeSlug);
      const schema = await blocks.newestSchema(type.id);
      if (!schema) throw new Failure(`The block type "${typeSlug}" has no schema on this server.`);
      return blocks.create({ name, data, block_type_id: type.id, block_schema_id: schema.id });
    },
    async remove(id) {
      await blocks.delete(id);
    },
  };
}
