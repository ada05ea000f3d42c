import { notFound } from '../domain/errors.ts';
import type { JsonObject } from '../domain/json/json.ts';
import { readPackagedData } from './packaged-data.ts';

/** A type of work pool as `work-pool create --type` and the web page know it. */
export interface WorkerMetadata {
  type: string;
  display_name: string;
  description: string;
  documentation_url: string;
  logo_url: string;
  install_command: string;
  is_beta: boolean;
  default_base_job_configuration: JsonObject;
}

/** By package and type, the shape of Prefect's collection registry. */
export type WorkerMetadataView = Record<string, Record<string, WorkerMetadata>>;

const WORKER_METADATA = 'worker-metadata.json';

/** Prefect's registry views that we keep (prefect-api 7.5). Throws 404 for unknown ones. */
export async function readCollectionView(view: string): Promise<unknown> {
  const read = Object.hasOwn(VIEWS, view) ? VIEWS[view] : undefined;
  if (!read) throw notFound(`View ${view} not found in registry`);
  return read();
}

/** The base job template that a pool of this type starts with, null for unknown types. */
export async function defaultTemplateOf(type: string): Promise<JsonObject | null> {
  const packages = await readPackagedData<WorkerMetadataView>(WORKER_METADATA);
  for (const types of Object.values(packages)) {
    const found = types[type];
    if (found) return structuredClone(found.default_base_job_configuration);
  }
  return null;
}

interface PackagedBlockType extends JsonObject {
  slug: string;
  block_schemas: JsonObject[];
}

/** Each block type with its newest schema, as the registry lists them. */
async function blockMetadata(): Promise<unknown> {
  const { block_types } = await readPackagedData<{ block_types: PackagedBlockType[] }>('block-registry.json');
  const types = block_types.map(({ block_schemas, ...type }) => [
    type['slug'],
    { ...type, block_schema: block_schemas.at(-1) ?? null },
  ]);
  return { pushpool: { block_types: Object.fromEntries(types) } };
}

const VIEWS: Record<string, () => Promise<unknown>> = {
  'aggregate-worker-metadata': () => readPackagedData(WORKER_METADATA),
  'aggregate-block-metadata': blockMetadata,
  // Flows that packages bring along: none of ours does.
  'aggregate-flow-metadata': async () => ({}),
  'demo-flows': async () => ({}),
};
