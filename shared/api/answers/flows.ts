import * as z from 'zod/mini';
import { entity, labels, tags, text } from './values.ts';

export const flow = z.strictObject({ ...entity, name: text, tags, labels: z.nullable(labels) });
