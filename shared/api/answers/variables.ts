import * as z from 'zod/mini';
import { entity, flag, json, number, object, tags, text } from './values.ts';

const value = z.union([text, number, flag, object, z.array(json), z.null()]);

export const variable = z.strictObject({ ...entity, name: text, value, tags });
