import * as z from 'zod/mini';
import { artifactCollectionFilter, artifactFilter, filterEnvelope } from './filters.ts';
import { json, offset, pageLimit, uuid } from './values.ts';

/** Prefect cuts each value of an artifact's metadata at this length. */
const METADATA_LENGTH = 500;

const metadata = z.pipe(
  z.record(z.string(), z.string()),
  z.transform((given: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(given).map(([key, value]) => {
        const characters = [...value];
        return [
          key,
          characters.length > METADATA_LENGTH ? `${characters.slice(0, METADATA_LENGTH).join('')}...` : value,
        ];
      }),
    ),
  ),
);

const key = z.string().check(
  z.refine((text: string) => /^[a-z0-9-]*$/.test(text), {
    error: 'Artifact key must only contain lowercase letters, numbers, and dashes.',
  }),
);

/** `POST /artifacts/` */
export const artifactCreate = z.object({
  key: z.nullish(key),
  type: z.nullish(z.string()),
  description: z.nullish(z.string()),
  data: z.optional(json),
  metadata_: z.nullish(metadata),
  flow_run_id: z.nullish(uuid),
  task_run_id: z.nullish(uuid),
});
export type ArtifactCreate = z.infer<typeof artifactCreate>;

/** `PATCH /artifacts/{id}`: only the keys present are applied; a null is a value. */
export const artifactUpdate = z.object({
  data: z.optional(json),
  description: z.nullish(z.string()),
  metadata_: z.nullish(metadata),
});
export type ArtifactUpdate = z.infer<typeof artifactUpdate>;

export const artifactSort = z.enum(['CREATED_DESC', 'UPDATED_DESC', 'ID_DESC', 'KEY_DESC', 'KEY_ASC']);
export type ArtifactSort = z.infer<typeof artifactSort>;

const { flows, flow_runs, task_runs, deployments } = filterEnvelope;
const foreign = { flow_runs, task_runs, flows, deployments };
const listing = { limit: pageLimit, sort: z.nullish(artifactSort), offset };

export const artifactCountBody = z.object({ artifacts: z.nullish(artifactFilter), ...foreign });
export type ArtifactCountBody = z.infer<typeof artifactCountBody>;
export const artifactFilterBody = z.object({
  ...listing,
  artifacts: z.nullish(artifactFilter),
  ...foreign,
});
export type ArtifactFilterBody = z.infer<typeof artifactFilterBody>;

export const latestArtifactCountBody = z.object({ artifacts: z.nullish(artifactCollectionFilter), ...foreign });
export type LatestArtifactCountBody = z.infer<typeof latestArtifactCountBody>;
export const latestArtifactFilterBody = z.object({
  ...listing,
  artifacts: z.nullish(artifactCollectionFilter),
  ...foreign,
});
export type LatestArtifactFilterBody = z.infer<typeof latestArtifactFilterBody>;
