import * as z from 'zod/mini';
import { ofRun, timesOfRun } from './states.ts';
import { count, entity, id, labels, maybeCount, maybeId, maybeText, maybeTime, number, tags, text } from './values.ts';

const taskRunPolicy = z.strictObject({
  max_retries: count,
  retry_delay_seconds: number,
  retries: maybeCount,
  retry_delay: z.nullable(z.union([count, number, z.array(count), z.array(number)])),
  retry_jitter_factor: z.nullable(number),
});

const taskInput = z.union([
  z.strictObject({ input_type: z.literal('task_run'), id }),
  z.strictObject({ input_type: z.literal('flow_run'), id }),
  z.strictObject({ input_type: z.literal('parameter'), name: text }),
  z.strictObject({ input_type: z.literal('constant'), type: text }),
]);

export const taskRun = z.strictObject({
  ...entity,
  name: text,
  flow_run_id: maybeId,
  task_key: text,
  dynamic_key: text,
  cache_key: maybeText,
  cache_expiration: maybeTime,
  task_version: maybeText,
  empirical_policy: taskRunPolicy,
  tags,
  labels: z.nullable(labels),
  task_inputs: z.record(z.string(), z.array(taskInput)),
  ...ofRun,
  ...timesOfRun,
  flow_run_run_count: count,
});

/** As the web page asks for it. */
export const taskRunForPage = z.extend(taskRun, { flow_run_name: maybeText });

/** As the pages of a list have it. */
export const pagedTaskRun = z.pick(taskRun, {
  id: true,
  created: true,
  updated: true,
  name: true,
  flow_run_id: true,
  task_key: true,
  task_version: true,
  empirical_policy: true,
  tags: true,
  task_inputs: true,
  state_id: true,
  state: true,
  start_time: true,
  end_time: true,
  total_run_time: true,
  estimated_run_time: true,
  estimated_start_time_delta: true,
});
