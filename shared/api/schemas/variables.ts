import * as z from 'zod/mini';
import type { Json } from '../../domain/json/json.ts';
import { variableFilter } from './filters.ts';
import { offset, pageLimit, tags } from './values.ts';

const MAX_NAME_LENGTH = 255;
const MAX_VALUE_BYTES = 5000;

const variableName = z.string().check(
  z.refine((text: string) => /^[a-z0-9_-]+$/.test(text), {
    error: 'Variable name must only contain lowercase letters, numbers, and dashes or underscores.',
    abort: true,
  }),
  z.maxLength(MAX_NAME_LENGTH, { error: 'value_too_long' }),
);

const anyJson = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.array(z.unknown()),
  z.record(z.string(), z.unknown()),
]) as unknown as z.ZodMiniType<Json>;

const variableValue = anyJson.check(
  z.refine((value: Json) => Buffer.byteLength(JSON.stringify(value)) <= MAX_VALUE_BYTES, {
    error: `Variable value must be less than ${MAX_VALUE_BYTES} characters`,
  }),
);

/** `POST /variables/` */
export const variableCreate = z.object({ name: variableName, value: variableValue, tags: z._default(tags, []) });
export type VariableCreate = z.infer<typeof variableCreate>;

/** `PATCH /variables/{id}` and by name: only the keys present are applied; a null value is a value. */
export const variableUpdate = z.object({
  name: z.nullish(variableName),
  value: z.optional(variableValue),
  tags: z.nullish(tags),
});
export type VariableUpdate = z.infer<typeof variableUpdate>;

export const variableSort = z.enum(['CREATED_DESC', 'UPDATED_DESC', 'NAME_DESC', 'NAME_ASC']);

export const variablesCountBody = z.object({ variables: z.nullish(variableFilter) });
export const variablesFilterBody = z.object({
  limit: pageLimit,
  offset,
  variables: z.nullish(variableFilter),
  sort: z.nullish(variableSort),
});
export type VariablesFilterBody = z.infer<typeof variablesFilterBody>;
