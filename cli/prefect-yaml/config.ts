import * as z from 'zod/mini';
import type { JsonObject } from '../../shared/domain/json/json.ts';

/**
 * What pushpool reads of a `prefect.yaml`: the fields of Prefect's own schema of the file. Keys that it does not know are warned
 * of and left out, as a misspelt one would otherwise do nothing without a word.
 */
const object = z.record(z.string(), z.unknown()) as unknown as z.ZodMiniType<JsonObject>;
const text = z.nullish(z.string());
/** Numbers are easily written where a text is meant (`version: 1`). */
const looseText = z.pipe(
  z.nullish(z.union([z.string(), z.number()])),
  z.transform((value) => (typeof value === 'number' ? String(value) : value)),
);
/** A placeholder may stand for a flag or a number. */
const flag = z.nullish(z.union([z.boolean(), z.string()]));

/** A list of steps; one step alone is a list of one, an empty mapping none. */
const steps = stepsOr([]);
/** The same, but an empty mapping says nothing, as if `pull` were not there. */
const pullSteps = stepsOr(null);

function stepsOr(emptyMapping: JsonObject[] | null) {
  return z.pipe(
    z.nullish(z.union([z.array(z.nullable(object)), object])),
    z.transform((value): JsonObject[] | null | undefined => {
      if (value === null || value === undefined) return value;
      if (!Array.isArray(value)) return Object.keys(value).length === 0 ? emptyMapping : [value];
      return value.filter((step) => step !== null);
    }),
  );
}

const scheduleFields = {
  cron: text,
  interval: z.nullish(z.union([z.number(), z.string()])),
  rrule: text,
  timezone: text,
  anchor_date: text,
  day_or: flag,
  active: flag,
  parameters: z.nullish(object),
  slug: text,
  replaces: text,
  max_scheduled_runs: z.nullish(z.union([z.number(), z.string()])),
};
export const SCHEDULE_KEYS = [...Object.keys(scheduleFields), 'schedule'];
/** Flat, or with the kind under `schedule`; `{}` is no schedule. */
const schedule = z.object({ ...scheduleFields, schedule: z.nullish(z.object(scheduleFields)) }).check(
  z.refine(
    (value: ScheduleShape) => {
      const kinds = [value, value.schedule ?? {}].flatMap(({ cron, interval, rrule }) => [cron, interval, rrule]);
      return Object.keys(value).length === 0 || kinds.filter((kind) => kind != null).length === 1;
    },
    { error: 'give exactly one of cron, interval or rrule' },
  ),
);
interface ScheduleShape {
  cron?: unknown;
  interval?: unknown;
  rrule?: unknown;
  schedule?: ScheduleShape | null | undefined;
}
export type ScheduleConfig = z.infer<typeof schedule>;

const workPoolFields = { name: text, work_queue_name: text, job_variables: z.nullish(object) };
export const WORK_POOL_KEYS = Object.keys(workPoolFields);

const limitFields = {
  limit: z.nullish(z.union([z.number(), z.string()])),
  collision_strategy: text,
  grace_period_seconds: z.nullish(z.union([z.number(), z.string()])),
};

const deploymentFields = {
  name: looseText,
  version: looseText,
  version_type: text,
  tags: z.nullish(z.union([z.string(), z.array(z.unknown())])),
  description: text,
  schedule: z.nullish(schedule),
  schedules: z.nullish(z.array(schedule)),
  paused: flag,
  concurrency_limit: z.nullish(z.union([z.number(), z.string(), z.object(limitFields)])),
  flow_name: text,
  entrypoint: text,
  parameters: z.nullish(object),
  enforce_parameter_schema: flag,
  parameter_openapi_schema: z.nullish(object),
  build: steps,
  push: steps,
  pull: pullSteps,
  work_pool: z.nullish(z.object(workPoolFields)),
  triggers: z.nullish(z.array(object)),
  sla: z.nullish(z.array(object)),
};
export const DEPLOYMENT_KEYS = Object.keys(deploymentFields);
const deployment = z.object(deploymentFields).check(
  z.refine((value: { schedule?: unknown; schedules?: unknown }) => !value.schedule || !value.schedules, {
    error: 'give `schedules` alone, not `schedule` as well',
  }),
);
export type DeploymentConfig = Partial<z.infer<typeof deployment>>;

const fileFields = {
  'prefect-version': looseText,
  name: looseText,
  build: steps,
  push: steps,
  pull: pullSteps,
  deployments: z.nullish(z.array(deployment)),
};
/** Not of Prefect's schema: `definitions` holds what anchors name, and keys that begin with a dot or `x-` are anybody's. */
export const FILE_KEYS = [...Object.keys(fileFields), 'definitions'];
export const prefectFile = z.object(fileFields);
export type PrefectFile = Partial<z.infer<typeof prefectFile>>;
