import * as z from 'zod/mini';
import { entity, json, text } from './values.ts';

export const savedSearch = z.strictObject({
  ...entity,
  name: text,
  filters: z.array(z.strictObject({ object: text, property: text, type: text, operation: text, value: json })),
});
