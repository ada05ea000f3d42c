import type { Scenario } from '../../scenario.ts';
import { SUITE_AUTOMATIONS } from './automations.ts';
import { LISTS_AND_VALUES } from './lists-and-values.ts';
import { POOLS_AND_QUEUES } from './pools-and-queues.ts';
import { RUNS_AND_DEPLOYMENTS } from './runs-and-deployments.ts';
import { TASK_RESULTS } from './task-results.ts';
import { TASKS_AND_LIMITS } from './tasks-and-limits.ts';

/** Behaviour that Prefect's own test suite asks for. */
export const SUITE: readonly Scenario[] = [
  ...RUNS_AND_DEPLOYMENTS,
  ...POOLS_AND_QUEUES,
  ...TASKS_AND_LIMITS,
  ...TASK_RESULTS,
  ...LISTS_AND_VALUES,
  ...SUITE_AUTOMATIONS,
];
