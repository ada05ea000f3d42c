import * as z from 'zod/mini';
import { STATE_TYPES } from '../../domain/states.ts';
import { stateType } from './states.ts';
import { count, flag, id, maybeCount, maybeText, maybeTime, number, text, tags as texts, time } from './values.ts';

export const simpleFlowRun = z.strictObject({
  id,
  state_type: stateType,
  timestamp: time,
  duration: number,
  lateness: number,
});

export const nextFlowRun = z.strictObject({
  id,
  flow_id: id,
  name: text,
  state_name: text,
  state_type: stateType,
  next_scheduled_start_time: time,
});

export const countByState = z.strictObject(Object.fromEntries(STATE_TYPES.map((type) => [type, count])));

type FormError = string | { errors: FormError[] };
const formErrors: z.ZodMiniType<FormError[]> = z.lazy(() =>
  z.array(
    z.union([
      z.string(),
      z.strictObject({ property: text, errors: formErrors }),
      z.strictObject({ index: count, errors: formErrors }),
    ]),
  ),
);
export const formValidation = z.strictObject({ errors: formErrors, valid: flag });

export const flowRunInfrastructure = z.strictObject({
  pool_type: maybeText,
  attempt: count,
  pid: maybeText,
  place: z.record(z.string(), text),
  submitted: maybeTime,
  ended: z.nullable(z.strictObject({ at: time, phase: text, exit_code: maybeCount, cause: maybeText, message: text })),
  infrastructure_retries: count,
  waits_for: z.nullable(z.strictObject({ kind: z.enum(['limit', 'pool', 'queue']), id })),
  executions: count,
  transitions: maybeCount,
});

export const poolInfrastructure = z.strictObject({
  refused: z.nullable(z.strictObject({ reason: text, since: time })),
  provisioned: z.nullable(z.strictObject({ place: text, things: texts, names: z.record(z.string(), text), at: time })),
});
