import * as z from 'zod/mini';
import { baseJobTemplateProblem } from '../../domain/job-template/validate-template.ts';
import type { JsonObject } from '../../domain/json/json.ts';
import { workPoolFilter } from './filters.ts';
import { flag, integer, json, jsonObject, name, nonNegativeInteger, offset, pageLimit, uuid } from './values.ts';

const poolName = z.pipe(
  z.string().check(z.refine((text: string) => /[^' "]/.test(text), { error: 'name cannot be an empty string' })),
  name,
);

const baseJobTemplate = jsonObject.check((context: { value: JsonObject; issues: unknown[] }) => {
  const problem = baseJobTemplateProblem(context.value);
  if (problem) context.issues.push({ code: 'custom', message: problem, input: context.value });
});

/** Refuses keys it does not know: what is sent replaces the whole, so a key left out by mistake would be lost. */
const storageConfiguration = z.strictObject({
  bundle_upload_step: z.nullish(json),
  bundle_execution_step: z.nullish(json),
  default_result_storage_block_id: z.nullish(uuid),
});

/** `POST /work_pools/` */
export const workPoolCreate = z.object({
  name: poolName,
  description: z.nullish(z.string()),
  type: z._default(z.string(), 'prefect-agent'),
  base_job_template: z._default(baseJobTemplate, {}),
  is_paused: z._default(flag, false),
  concurrency_limit: z.nullish(nonNegativeInteger),
  storage_configuration: z.optional(storageConfiguration),
});
export type WorkPoolCreate = z.infer<typeof workPoolCreate>;

/** `PATCH /work_pools/{name}`: only the keys present are applied; null clears description and limit. */
export const workPoolUpdate = z.object({
  description: z.nullish(z.string()),
  is_paused: z.nullish(flag),
  base_job_template: z.nullish(baseJobTemplate),
  concurrency_limit: z.nullish(nonNegativeInteger),
  storage_configuration: z.nullish(storageConfiguration),
});
export type WorkPoolUpdate = z.infer<typeof workPoolUpdate>;

export const workPoolsCountBody = z.object({ work_pools: z.nullish(workPoolFilter) });
export const workPoolsFilterBody = z.object({ limit: pageLimit, work_pools: z.nullish(workPoolFilter), offset });
export type WorkPoolsFilterBody = z.infer<typeof workPoolsFilterBody>;

const page = z.nullish(integer.check(z.gte(1)));

/** `POST /work_pools/{name}/concurrency_status` */
export const poolConcurrencyBody = z.object({
  limit: pageLimit,
  page,
  flow_run_limit: z.nullish(integer.check(z.gte(0), z.lte(200))),
});
export type PoolConcurrencyBody = z.infer<typeof poolConcurrencyBody>;

/** `POST /work_queues/{id}/concurrency_status` */
export const queueConcurrencyBody = z.object({ limit: pageLimit, page });
export type QueueConcurrencyBody = z.infer<typeof queueConcurrencyBody>;
