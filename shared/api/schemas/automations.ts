import * as z from 'zod/mini';
import { loopDanger, type Trigger } from '../../domain/automation.ts';
import { automationAction } from './automation-actions.ts';
import { datetime, flag, integer, offset, pageLimit, seconds, secondsOrNull, tags, uuid } from './values.ts';

/** Prefect's least time for a Proactive trigger, and what it takes when none is given. */
const LEAST_PROACTIVE_SECONDS = 10;

const specification = z.record(z.string(), z.union([z.string(), z.array(z.string())]));
/** A set: each name once. */
const eventNames = z.pipe(
  z._default(z.array(z.string()), []),
  z.transform((names) => [...new Set(names)]),
);

const eventTrigger = z.pipe(
  z
    .object({
      type: z.literal('event'),
      match: z._default(specification, {}),
      match_related: z._default(z.union([specification, z.array(specification)]), {}),
      after: eventNames,
      expect: eventNames,
      for_each: eventNames,
      posture: z.enum(['Reactive', 'Proactive']),
      threshold: z._default(integer, 1),
      within: z._default(seconds, 0),
    })
    .check(
      z.refine(({ posture, within }) => posture === 'Reactive' || within === 0 || within >= LEAST_PROACTIVE_SECONDS, {
        error: '`within` for Proactive triggers must be greater than or equal to 10 seconds',
      }),
    ),
  z.transform((trigger) => ({
    ...trigger,
    within: trigger.posture === 'Proactive' ? trigger.within || LEAST_PROACTIVE_SECONDS : trigger.within,
  })),
);

const composite = {
  triggers: z.lazy(() => z.array(trigger)) as unknown as z.ZodMiniType<Trigger[]>,
  within: secondsOrNull,
};
const compoundTrigger = z
  .object({
    type: z.literal('compound'),
    ...composite,
    require: z.union([integer.check(z.gte(1)), z.enum(['any', 'all'])]),
  })
  .check(
    z.refine(({ require, triggers }) => typeof require !== 'number' || require <= triggers.length, {
      error: 'require must be less than or equal to the number of triggers',
    }),
  );
const sequenceTrigger = z.object({ type: z.literal('sequence'), ...composite });

/** The type of a trigger that names none. */
const typeOf = (given: object): Trigger['type'] => {
  if (!('triggers' in given)) return 'event';
  return 'require' in given ? 'compound' : 'sequence';
};

/** A trigger without a type is told by its fields. Ids are the server's, so those given are dropped. */
const trigger = z.pipe(
  z.transform((given: unknown) =>
    typeof given === 'object' && given !== null && !('type' in given) ? { type: typeOf(given), ...given } : given,
  ),
  z.discriminatedUnion('type', [eventTrigger, compoundTrigger, sequenceTrigger]),
) as unknown as z.ZodMiniType<Trigger>;

const actions = z.array(automationAction);

const fields = z.object({
  name: z.string(),
  description: z.optional(z.string()),
  enabled: z.optional(flag),
  tags: z.optional(tags),
  trigger,
  actions,
  actions_on_trigger: z.optional(actions),
  actions_on_resolve: z.optional(actions),
});
type Fields = z.infer<typeof fields>;

/** One that would start itself again and again is refused. */
const noLoop = (context: { value: Pick<Fields, 'enabled' | 'trigger' | 'actions'>; issues: unknown[] }) => {
  const danger = loopDanger({ ...context.value, enabled: context.value.enabled ?? true });
  if (danger) context.issues.push({ code: 'custom', message: danger, input: context.value });
};

/** `PUT /automations/{id}`: the three named ones are required, of the others only the keys present are applied. */
export const automationUpdate = fields.check(noLoop);
export type AutomationUpdate = Fields;

/** `POST /automations/` */
export const automationCreate = z.extend(fields, { owner_resource: z.nullish(z.string()) }).check(noLoop);
export type AutomationCreate = z.infer<typeof automationCreate>;

/** `PATCH /automations/{id}` */
export const automationPatch = z.object({ enabled: z.optional(flag) });

const automationFilter = z.strictObject({
  operator: z.nullish(z.enum(['and_', 'or_'])),
  id: z.nullish(z.strictObject({ any_: z.nullish(z.array(uuid)) })),
  name: z.nullish(z.strictObject({ any_: z.nullish(z.array(z.string())) })),
  created: z.nullish(z.strictObject({ before_: z.nullish(datetime) })),
  tags: z.nullish(
    z.strictObject({
      operator: z.nullish(z.enum(['and_', 'or_'])),
      all_: z.nullish(z.array(z.string())),
      any_: z.nullish(z.array(z.string())),
      is_null_: z.nullish(flag),
    }),
  ),
});
export type AutomationFilter = z.infer<typeof automationFilter>;

export const automationsCountBody = z.object({ automations: z.nullish(automationFilter) });
export const automationsFilterBody = z.object({
  limit: pageLimit,
  sort: z.nullish(z.enum(['CREATED_DESC', 'UPDATED_DESC', 'NAME_ASC', 'NAME_DESC'])),
  offset,
  automations: z.nullish(automationFilter),
});
export type AutomationsFilterBody = z.infer<typeof automationsFilterBody>;
