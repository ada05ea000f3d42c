import { v5 } from 'uuid';

/** Ours: ids below it are the same in every installation. */
const NAMESPACE = 'b3d1b6a2-6c1e-5c57-9a44-3f0d8a1f7c55';

/** The id of a packaged block type. Registering it twice meets itself. */
export function packagedTypeId(slug: string): string {
  return v5(`block-type/${slug}`, NAMESPACE);
}

/** The id of any block schema: checksum and version are its natural key. */
export function blockSchemaId(checksum: string, version: string): string {
  return v5(`block-schema/${checksum}/${version}`, NAMESPACE);
}
