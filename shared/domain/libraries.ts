import { createRequire } from 'node:module';

/**
 * Libraries that few requests need, loaded at their first use: they are a third of the API function's code and would be read
 * at every cold start (docs/decisions/014-libraries-at-first-use.md). Each loads once per process.
 */
const load = createRequire(import.meta.url);

export const rrule = () => load('rrule') as typeof import('rrule');
export const jinja = () => load('@huggingface/jinja') as typeof import('@huggingface/jinja');
export const jsonSchemaValidator = () => load('@cfworker/json-schema') as typeof import('@cfworker/json-schema');
