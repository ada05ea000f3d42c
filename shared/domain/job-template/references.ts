import { TerminalError } from '../errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../json/json.ts';
import { pythonRepr } from '../json/python-text.ts';
import {
  atPath,
  BLOCK_PREFIX,
  LEAVE,
  type Placeholder,
  placeholdersOf,
  substitute,
  VARIABLE_PREFIX,
} from './placeholders.ts';

/** What has to be read from the store before a template can be resolved. */
export interface References {
  /** Ids in `{"$ref": {"block_document_id": id}}`. */
  readonly blockDocumentIds: ReadonlySet<string>;
  /** `<type slug>/<document name>` of `{{ prefect.blocks.… }}`. */
  readonly blockNames: ReadonlySet<string>;
  readonly variableNames: ReadonlySet<string>;
}

/** What was read; what is absent does not exist, and a block that is null neither. Block data carries its secrets. */
export interface ReferenceValues {
  readonly blockDocuments: ReadonlyMap<string, Json>;
  readonly blocksByName: ReadonlyMap<string, Json>;
  readonly variables: ReadonlyMap<string, Json>;
}

const BROKEN = 'job-reference';

/** Every reference in a value. Throws `TerminalError` for a block placeholder that names no document. */
export function collectReferences(value: Json): References {
  const found = { blockDocumentIds: new Set<string>(), blockNames: new Set<string>() };
  const visit = (item: Json): void => {
    if (Array.isArray(item)) item.forEach(visit);
    if (!isJsonObject(item)) return;
    const id = referencedDocument(item);
    if (id !== null) found.blockDocumentIds.add(id);
    else Object.values(item).forEach(visit);
  };
  visit(value);
  for (const placeholder of placeholdersOf(value)) {
    if (placeholder.kind === 'block') found.blockNames.add(blockName(placeholder).key);
  }
  return { ...found, variableNames: variablesIn(value) };
}

/** Names of the variables that a value refers to. */
export function variablesIn(value: Json): ReadonlySet<string> {
  const names = new Set<string>();
  for (const placeholder of placeholdersOf(value)) {
    if (placeholder.kind === 'variable') names.add(variableName(placeholder));
  }
  return names;
}

/** Blocks in their places. Throws `TerminalError` that names the block which is missing or does not fit. */
export function resolveBlocks(value: Json, values: Omit<ReferenceValues, 'variables'>): Json {
  if (Array.isArray(value)) return value.map((item) => resolveBlocks(item, values));
  if (typeof value === 'string') {
    const result = substitute(value, {
      whole: (placeholder) => (placeholder.kind === 'block' ? blockValue(placeholder, value, values) : LEAVE),
      inline: (placeholder) => {
        if (placeholder.kind !== 'block') return LEAVE;
        const found = blockValue(placeholder, value, values);
        if (typeof found !== 'object' || found === null) return found;
        throw new TerminalError(
          BROKEN,
          `Invalid template: ${pythonRepr(value)}. Block placeholder '${placeholder.text}' is a ${Array.isArray(found) ? 'list' : 'dict'}, which cannot stand inside text. Name one of its values, e.g. '.value' or '.url'.`,
        );
      },
    });
    return result ?? null;
  }
  if (!isJsonObject(value)) return value;
  const id = referencedDocument(value);
  if (id === null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolveBlocks(item, values)]));
  }
  const data = values.blockDocuments.get(id) ?? null;
  if (data === null) throw missingBlock(`ID '${id}'`);
  return structuredClone(data);
}

/** Variables in their places; one that does not exist becomes the empty text. */
export function resolveVariables(value: Json, variables: ReferenceValues['variables']): Json {
  const read = (placeholder: Placeholder) => {
    if (placeholder.kind !== 'variable') return LEAVE;
    const found = variables.get(variableName(placeholder));
    return found === undefined ? '' : found;
  };
  return substitute(value, { whole: read, inline: read }) ?? null;
}

function blockValue(placeholder: Placeholder, text: string, values: Omit<ReferenceValues, 'variables'>): Json {
  const { key, slug, name, path } = blockName(placeholder);
  const document = values.blocksByName.get(key) ?? null;
  if (document === null) throw missingBlock(`'${name}' of type '${slug}'`);
  const alone = isJsonObject(document) && Object.keys(document).length === 1 && 'value' in document;
  // A block that holds nothing but `value` is that value, unless the path asks for `value` by name.
  const data = alone && !/^value(?:$|[.[])/.test(path) ? ((document as JsonObject)['value'] ?? null) : document;
  const found = path === '' ? data : atPath(data, path);
  if (found !== undefined) return structuredClone(found);
  throw new TerminalError(
    BROKEN,
    `Invalid template: ${pythonRepr(text)}. Block '${key}' has nothing at '${path}'. Check the placeholder ${placeholder.text}.`,
  );
}

function blockName(placeholder: Placeholder): { key: string; slug: string; name: string; path: string } {
  const [slug, name, ...path] = placeholder.name.slice(BLOCK_PREFIX.length).split('.');
  if (!slug || !name) {
    throw new TerminalError(
      BROKEN,
      `Invalid block placeholder: '${placeholder.name}'. Write prefect.blocks.<block-type-slug>.<block-document-name>.`,
    );
  }
  return { key: `${slug}/${name}`, slug, name, path: path.join('.') };
}

function variableName(placeholder: Placeholder): string {
  return placeholder.name.slice(VARIABLE_PREFIX.length);
}

/** The id in `{"$ref": {"block_document_id": id}}`, else null. */
export function referencedDocument(value: Json | undefined): string | null {
  const reference = isJsonObject(value) ? value['$ref'] : undefined;
  const id = isJsonObject(reference) ? reference['block_document_id'] : undefined;
  return typeof id === 'string' && id !== '' ? id : null;
}

function missingBlock(what: string): TerminalError {
  return new TerminalError(
    BROKEN,
    `Block not found: ${what}. The deployment or work pool refers to it, and it may have been deleted. Create it again or correct the reference.`,
  );
}
