import type { BlockDocument } from '../../../shared/api/client/blocks.ts';
import type { Client } from '../../../shared/api/client/client.ts';
import { UsageError } from '../../errors.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Finds a block by `TYPE/NAME`, as lists show it, or by its id. Throws `UsageError` for anything else. */
export function readBlock(client: Client, given: string, options?: { secrets: boolean }): Promise<BlockDocument> {
  if (UUID.test(given)) return client.blocks.read(given, options);
  const [slug = '', name = '', ...rest] = given.split('/');
  if (slug === '' || name === '' || rest.length > 0) {
    throw new UsageError(`Name the block as TYPE/NAME, such as aws-credentials/my-keys; "${given}" is not that.`);
  }
  return client.blocks.readByName(slug, name, options);
}

/** `aws-credentials/my-keys`. */
export const blockName = (block: BlockDocument): string => `${block.block_type?.slug ?? '?'}/${block.name}`;
