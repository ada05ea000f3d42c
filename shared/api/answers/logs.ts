import * as z from 'zod/mini';
import { count, entity, maybeId, text, time } from './values.ts';

export const log = z.strictObject({
  ...entity,
  name: text,
  level: count,
  message: text,
  timestamp: time,
  flow_run_id: maybeId,
  task_run_id: maybeId,
});
