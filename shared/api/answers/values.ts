import * as z from 'zod/mini';

/** Values as answers hold them: ids in lower case with dashes, times in UTC. */

export const id = z.string().check(z.regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/));
export const time = z.string().check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/));
/** In the offset that somebody gave it in. */
export const timeWithOffset = z.string().check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[-+]\d\d:\d\d)$/));

/** Of another page of this API. */
export const address = z.string().check(z.minLength(1));

export const text = z.string();
export const flag = z.boolean();
export const count = z.number().check(z.int());
export const number = z.number();
export const json = z.unknown();
export const object = z.record(z.string(), z.unknown());
export const tags = z.array(z.string());
export const labels = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

export const maybeId = z.nullable(id);
export const maybeTime = z.nullable(time);
export const maybeText = z.nullable(text);
export const maybeCount = z.nullable(count);
export const maybeObject = z.nullable(object);

/** What every stored thing has. */
export const entity = { id, created: maybeTime, updated: maybeTime };

/** Who made or changed something. */
export const actor = z.nullable(
  z.strictObject({ id: z.optional(maybeId), type: z.optional(maybeText), display_value: z.optional(maybeText) }),
);

/** One page of a list, and how much there is in all. */
export const pageOf = <Item extends z.ZodMiniType>(item: Item) =>
  z.strictObject({ results: z.array(item), count, limit: count, pages: count, page: count });

/** Ids of what a bulk request deleted. */
export const deletedIds = z.strictObject({ deleted: z.array(id) });
