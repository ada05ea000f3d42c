import * as z from 'zod/mini';
import { countBody, filterBody, paginateBody } from './filters.ts';
import { stateCreate } from './states.ts';
import { datetime, integer, labels, number, runName, tags, uuid } from './values.ts';

const MOST_DELAYS = 50;
const delays = z.array(number).check(
  z.refine((given: number[]) => given.length <= MOST_DELAYS, {
    error: `Can not configure more than ${MOST_DELAYS} retry delays per task.`,
  }),
);
const jitter = number.check(
  z.refine((factor: number) => factor >= 0, { error: '`retry_jitter_factor` must be >= 0.' }),
);

/** Prefect's `TaskRunPolicy`; `retry_delay` may be one number of seconds or a list by run count. */
export const taskRunPolicy = z.object({
  max_retries: z.optional(integer),
  retry_delay_seconds: z.optional(number),
  retries: z.optional(z.nullable(integer)),
  retry_delay: z.optional(z.nullable(z.union([number, delays]))),
  retry_jitter_factor: z.optional(z.nullable(jitter)),
});

const inputOf = <Type extends string, Shape extends z.core.$ZodShape>(type: Type, shape: Shape) =>
  z.object({ input_type: z._default(z.literal(type), type), ...shape });
/** What a task was called with; `input_type` may be left out where the rest tells it. */
const taskInput = z.union([
  inputOf('task_run', { id: uuid }),
  inputOf('flow_run', { id: uuid }),
  inputOf('parameter', { name: z.string() }),
  inputOf('constant', { type: z.string() }),
]);
const taskInputs = z.record(z.string(), z.array(taskInput));

/** `POST /task_runs/` */
export const taskRunCreate = z.object({
  id: z.nullish(uuid),
  state: z.nullish(stateCreate),
  name: z.nullish(runName),
  flow_run_id: z._default(z.nullable(uuid), null),
  task_key: z.string(),
  dynamic_key: z.string(),
  cache_key: z._default(z.nullable(z.string()), null),
  cache_expiration: z._default(z.nullable(datetime), null),
  task_version: z._default(z.nullable(z.string()), null),
  empirical_policy: z.optional(taskRunPolicy),
  tags: z._default(tags, []),
  labels: z.nullish(labels),
  task_inputs: z._default(taskInputs, {}),
});
export type TaskRunCreate = z.infer<typeof taskRunCreate>;

/** `PATCH /task_runs/{id}` */
export const taskRunUpdate = z.object({ name: z.optional(runName) });
export type TaskRunUpdate = z.infer<typeof taskRunUpdate>;

export const TASK_RUN_SORTS = [
  'ID_DESC',
  'EXPECTED_START_TIME_ASC',
  'EXPECTED_START_TIME_DESC',
  'NAME_ASC',
  'NAME_DESC',
  'NEXT_SCHEDULED_START_TIME_ASC',
  'END_TIME_DESC',
] as const;
export const taskRunSort = z.enum(TASK_RUN_SORTS);
export type TaskRunSort = z.infer<typeof taskRunSort>;

export const taskRunFilterBody = filterBody(taskRunSort);
export type TaskRunFilterBody = z.infer<typeof taskRunFilterBody>;
export const taskRunPaginateBody = paginateBody(taskRunSort);
export type TaskRunPaginateBody = z.infer<typeof taskRunPaginateBody>;
export const taskRunCountBody = countBody;
export const taskRunStatesQuery = z.object({ task_run_id: uuid });
