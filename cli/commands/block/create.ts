import type { BlockDocument, BlockType } from '../../../shared/api/client/blocks.ts';
import type { Client } from '../../../shared/api/client/client.ts';
import { ApiError } from '../../../shared/api/client/errors.ts';
import { isJsonObject, type JsonObject } from '../../../shared/domain/json/json.ts';
import { absent } from '../../absent.ts';
import { askSecret } from '../../ask.ts';
import { type AddCommand, action, addCommand, many, type Run } from '../../command.ts';
import type { Context } from '../../context.ts';
import { Failure, UsageError } from '../../errors.ts';
import { readJsonObject, readPairs } from '../../files.ts';
import { showBlock } from './inspect.ts';
import { blockName } from './name.ts';

interface Options {
  readonly type: string;
  readonly name: string;
  readonly file?: string;
  readonly field?: string[];
  readonly overwrite?: boolean;
}

export const addCreate: AddCommand = (group, around) => {
  addCommand(group, 'create', {
    description: 'Make a block from a JSON file, from fields, or by asking for the fields that its type requires.',
    examples: [
      'pushpool block create --type aws-credentials --name my-keys -f block.json',
      'pushpool block create --type aws-credentials --name my-keys --field region_name=eu-central-1 -f - < keys.json',
      'pushpool block create --type secret --name token --field value=hush --overwrite',
    ],
  })
    .requiredOption('-t, --type <slug>', 'type of the block: `pushpool block type ls` lists them')
    .requiredOption('-n, --name <name>', 'lower-case letters, digits and dashes')
    .option('-f, --file <file>', 'a JSON file with the fields; - is standard input')
    .option('--field <name=value>', 'a field; may be repeated, and wins over the file', many)
    .option('--overwrite', 'change the block if there is one of this name')
    .action(action(around, create));
};

const create: Run<[], Options> = async (context, options) => {
  const client = await context.client();
  const type = await readType(client, options.type);
  const schema = await client.blocks.newestSchema(type.id);
  if (!schema) throw new Failure(`The type "${type.slug}" has no schema yet: register it with Prefect first.`);
  const given = {
    ...(options.file !== undefined && readJsonObject(context, options.file)),
    ...readPairs(options.field ?? [], '--field'),
  };
  const existing = await client.blocks.readByName(type.slug, options.name).catch(absent);
  if (existing && !options.overwrite) {
    throw new Failure(`There is a block "${type.slug}/${options.name}" already. Say --overwrite to change it.`);
  }
  const data = await completed(context, type, schema.fields, given, existing !== null);
  const block = existing
    ? await changed(client, existing, { block_schema_id: schema.id, data })
    : await client.blocks.create({
        name: options.name,
        data,
        block_schema_id: schema.id,
        block_type_id: type.id,
      });
  context.out.note(`${existing ? 'Updated' : 'Created'} block "${blockName(block)}".`);
  await context.out.result(block, () => showBlock(block));
};

async function changed(client: Client, block: BlockDocument, change: { block_schema_id: string; data: JsonObject }) {
  await client.blocks.update(block.id, change);
  return client.blocks.read(block.id);
}

async function readType(client: Client, slug: string): Promise<BlockType> {
  try {
    return await client.blocks.readType(slug);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
    const slugs = (await client.blocks.types()).map((type) => type.slug).sort();
    throw new UsageError(`There is no block type "${slug}". Types are: ${slugs.join(', ')}.`);
  }
}

/** Fields that newer releases of the type have, and that a push pool reads (another account by a role to assume). */
const NEWER: Readonly<Record<string, readonly string[]>> = {
  'aws-credentials': ['assume_role_arn', 'assume_role_kwargs'],
};

/** Refuses fields that the type does not have and asks for those that it requires; an existing block keeps what is not given. */
async function completed(
  context: Context,
  type: BlockType,
  fields: JsonObject,
  given: JsonObject,
  exists: boolean,
): Promise<JsonObject> {
  const known = isJsonObject(fields['properties']) ? Object.keys(fields['properties']) : [];
  const properties = [...new Set([...known, ...(NEWER[type.slug] ?? [])])];
  const unknown = Object.keys(given).filter((name) => !properties.includes(name));
  if (unknown.length > 0) {
    throw new UsageError(
      `A block of the type "${type.slug}" has no field "${unknown.join('", "')}". Its fields are: ${properties.join(', ')}.`,
    );
  }
  if (exists) return given;
  const data = { ...given };
  for (const name of (fields['required'] ?? []) as string[]) {
    data[name] ??= await askSecret(context, `The field "${name}"`, `--field ${name}=…`);
  }
  return data;
}
