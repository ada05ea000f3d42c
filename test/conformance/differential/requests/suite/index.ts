import type { Scenario } from '../../scenario.ts';
import { POOLS_AND_QUEUES } from './pools-and-queues.ts';
import { RUNS_AND_DEPLOYMENTS } from './runs-and-deployments.ts';

/** Behaviour that Prefect's own test suite asks for. */
export const SUITE: readonly Scenario[] = [...RUNS_AND_DEPLOYMENTS, ...POOLS_AND_QUEUES];
