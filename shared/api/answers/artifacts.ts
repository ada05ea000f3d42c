import * as z from 'zod/mini';
import { entity, id, json, maybeId, maybeText, text } from './values.ts';

const content = {
  type: maybeText,
  description: maybeText,
  data: json,
  metadata_: z.nullable(z.record(z.string(), z.string())),
  flow_run_id: maybeId,
  task_run_id: maybeId,
};

export const artifact = z.strictObject({ ...entity, key: maybeText, ...content });
/** All artifacts of one key: the newest of them. */
export const artifactCollection = z.strictObject({ ...entity, key: text, latest_id: id, ...content });
