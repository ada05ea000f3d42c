import * as z from 'zod/mini';
import { datetime, flag, integer, jsonObject, number, uuid } from './values.ts';

/** Prefect's limits on events (its settings `server.events`). */
const NAME_LENGTH = 1024;
const RELATED = 100;
const LABELS = 500;

const says = (given: unknown, label: string): boolean => Boolean((given as Record<string, string>)[label]);
const labelled = z.record(z.string(), z.string()).check(
  z.refine((given) => Object.keys(given).length <= LABELS, {
    error: `The maximum number of labels per resource is ${LABELS}`,
  }),
  z.refine((given) => 'prefect.resource.id' in given, {
    error: 'Resources must include the prefect.resource.id label',
    abort: true,
  }),
  z.refine((given) => says(given, 'prefect.resource.id'), {
    error: 'The prefect.resource.id label must be non-empty',
  }),
);
const related = labelled.check(
  z.refine((given) => 'prefect.resource.role' in given, {
    error: 'Related Resources must include the prefect.resource.role label',
    abort: true,
  }),
  z.refine((given) => says(given, 'prefect.resource.role'), {
    error: 'The prefect.resource.role label must be non-empty',
  }),
);

/** An event as clients send it, on `/events/in` and by `POST /events`. */
export const eventCreate = z.object({
  occurred: datetime,
  event: z.string().check(
    z.refine((name: string) => name.length <= NAME_LENGTH, {
      error: `Event name must be at most ${NAME_LENGTH} characters`,
    }),
  ),
  resource: labelled,
  related: z._default(
    z.array(related).check(
      z.refine((list: unknown[]) => list.length <= RELATED, {
        error: `The maximum number of related resources is ${RELATED}`,
      }),
    ),
    [],
  ),
  payload: z._default(jsonObject, {}),
  id: uuid,
  follows: z._default(z.nullable(uuid), null),
});
export const eventsCreate = z.array(eventCreate);

const texts = z.nullish(z.array(z.string()));
const labelPatterns = z.nullish(z.record(z.string(), z.union([z.string(), z.array(z.string())])));
const resourceCriteria = { id: texts, id_prefix: texts, labels: labelPatterns };
const anyResource = z.strictObject(resourceCriteria);
const relatedResource = z.strictObject({
  id: texts,
  role: texts,
  resources_in_roles: z.nullish(z.array(z.tuple([z.string(), z.string()]))),
  labels: labelPatterns,
});

/** Prefect's `EventFilter`: unknown keys are refused everywhere. */
export const eventFilter = z.strictObject({
  occurred: z.nullish(z.strictObject({ since: z.nullish(datetime), until: z.nullish(datetime) })),
  event: z.nullish(z.strictObject({ prefix: texts, exclude_prefix: texts, name: texts, exclude_name: texts })),
  resource: z.nullish(z.strictObject({ ...resourceCriteria, distinct: z.nullish(flag) })),
  related: z.nullish(z.union([relatedResource, z.array(relatedResource)])),
  any_resource: z.nullish(z.union([anyResource, z.array(anyResource)])),
  id: z.nullish(z.strictObject({ id: z.nullish(z.array(uuid)) })),
  text: z.nullish(z.strictObject({ query: z.string().check(z.maxLength(200)) })),
  order: z.nullish(z.enum(['ASC', 'DESC'])),
});

/** `POST /events/filter` */
export const eventFilterBody = z.object({
  filter: z.nullish(eventFilter),
  limit: z.nullish(integer.check(z.gte(0), z.lte(50))),
});
export type EventFilterBody = z.infer<typeof eventFilterBody>;

export const countable = z.enum(['day', 'time', 'event', 'resource']);
export type Countable = z.infer<typeof countable>;
export const countableParams = z.object({ countable });

/** `POST /events/count-by/{countable}` */
export const eventCountBody = z.object({
  filter: eventFilter,
  time_unit: z._default(z.enum(['week', 'day', 'hour', 'minute', 'second']), 'day'),
  time_interval: z._default(number.check(z.gte(0.01)), 1),
});
export type EventCountBody = z.infer<typeof eventCountBody>;

export const eventPageQuery = z.object({ 'page-token': z.string() });

/** The filter message of `/events/out`. */
export const eventFilterMessage = z.object({
  type: z.literal('filter'),
  filter: eventFilter,
  backfill: z.nullish(flag),
});
