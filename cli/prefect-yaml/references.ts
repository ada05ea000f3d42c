import type { Client } from '../../shared/api/client/client.ts';
import { collectReferences, resolveBlocks, resolveVariables } from '../../shared/domain/job-template/references.ts';
import type { Json } from '../../shared/domain/json/json.ts';
import { absent } from '../absent.ts';

/** Blocks (with their secrets) and variables in their places, read from the API. Throws a sentence that names what is missing. */
export async function resolveReferences(client: Client, value: Json): Promise<Json> {
  const { blockDocumentIds, blockNames } = collectReferences(value);
  const blockDocuments = new Map<string, Json>();
  const blocksByName = new Map<string, Json>();
  for (const id of blockDocumentIds) {
    const block = await client.blocks.read(id, { secrets: true }).catch(absent);
    if (block) blockDocuments.set(id, block.data);
  }
  for (const name of blockNames) {
    const [slug = '', document = ''] = name.split('/');
    const block = await client.blocks.readByName(slug, document, { secrets: true }).catch(absent);
    if (block) blocksByName.set(name, block.data);
  }
  const withBlocks = resolveBlocks(value, { blockDocuments, blocksByName });
  const variables = new Map<string, Json>();
  for (const name of collectReferences(withBlocks).variableNames) {
    const variable = await client.variables.read(name).catch(absent);
    if (variable) variables.set(name, variable.value);
  }
  return resolveVariables(withBlocks, variables);
}
