import type { Labels } from './flow-run.ts';

/** Prefect's `Flow`: the name is its natural key. */
export interface Flow {
  id: string;
  created: string;
  updated: string;
  name: string;
  tags: string[];
  labels: Labels;
}
