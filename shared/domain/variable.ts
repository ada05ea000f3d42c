import type { Json } from './json/json.ts';

/** Prefect's `Variable`: a named JSON value that flows, job templates and parameters refer to. */
export interface Variable {
  id: string;
  created: string;
  updated: string;
  name: string;
  value: Json;
  tags: string[];
}
