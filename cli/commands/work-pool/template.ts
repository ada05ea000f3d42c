import type { Client } from '../../../shared/api/client/client.ts';
import { isJsonObject, type JsonObject } from '../../../shared/domain/json/json.ts';
import type { Context } from '../../context.ts';
import { UsageError } from '../../errors.ts';
import { readJsonObject, readPairs } from '../../files.ts';

export interface TemplateOptions {
  readonly baseJobTemplate?: string;
  readonly variable?: string[];
  readonly credentials?: string;
}

/**
 * The base job template that the options ask for: a file or `given`, with `--variable` as defaults of its variables and
 * `--credentials TYPE/NAME` as the default of the one that takes such a block. Null when they ask for no change.
 */
export async function templateOf(
  context: Context,
  client: Client,
  given: JsonObject,
  options: TemplateOptions,
): Promise<JsonObject | null> {
  const { baseJobTemplate, variable = [], credentials } = options;
  if (baseJobTemplate === undefined && variable.length === 0 && credentials === undefined) return null;
  const template = structuredClone(baseJobTemplate === undefined ? given : readJsonObject(context, baseJobTemplate));
  const properties = propertiesOf(template);
  for (const [name, value] of Object.entries(readPairs(variable, '--variable'))) {
    const property = properties[name];
    if (!isJsonObject(property)) {
      throw new UsageError(
        `The pool has no variable "${name}". Its variables are: ${Object.keys(properties).join(', ')}.`,
      );
    }
    property['default'] = value;
  }
  if (credentials !== undefined) await setCredentials(client, template, credentials);
  return template;
}

async function setCredentials(client: Client, template: JsonObject, block: string): Promise<void> {
  const [slug = '', name = '', ...rest] = block.split('/');
  if (slug === '' || name === '' || rest.length > 0) {
    throw new UsageError(`--credentials takes TYPE/NAME, such as aws-credentials/my-pool; "${block}" is not that.`);
  }
  const [taker, ...others] = takersOf(template, slug);
  if (taker === undefined || others.length > 0) {
    throw new UsageError(
      `The pool's template has ${taker ? 'more than one variable' : 'no variable'} that takes a block of the type "${slug}". Set it with --variable NAME='{"$ref": {"block_document_id": "ID"}}'.`,
    );
  }
  const document = await client.blocks.readByName(slug, name);
  taker['default'] = { $ref: { block_document_id: document.id } };
}

/** The variables that take a block of this type: they refer to a definition that names its slug. */
function takersOf(template: JsonObject, slug: string): JsonObject[] {
  const definitions = isJsonObject(template['variables']) ? template['variables']['definitions'] : null;
  const references = Object.entries(isJsonObject(definitions) ? definitions : {})
    .filter(([, definition]) => isJsonObject(definition) && definition['block_type_slug'] === slug)
    .map(([name]) => `"#/definitions/${name}"`);
  return Object.values(propertiesOf(template))
    .filter(isJsonObject)
    .filter((variable) => references.some((reference) => JSON.stringify(variable).includes(reference)));
}

function propertiesOf(template: JsonObject): JsonObject {
  const variables = template['variables'];
  const properties = isJsonObject(variables) ? variables['properties'] : null;
  return isJsonObject(properties) ? properties : {};
}
