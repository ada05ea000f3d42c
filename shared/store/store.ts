import { apiKeyRepository } from './api-keys.ts';
import { deploymentRepository } from './deployments.ts';
import { flowRunRepository } from './flow-runs.ts';
import { flowRepository } from './flows.ts';
import type { Table } from './table.ts';
import { variableRepository } from './variables.ts';

/** All repositories over one table. */
export function createStore(table: Table) {
  return {
    table,
    deployments: deploymentRepository(table),
    apiKeys: apiKeyRepository(table),
    flows: flowRepository(table),
    flowRuns: flowRunRepository(table),
    variables: variableRepository(table),
  };
}
export type Store = ReturnType<typeof createStore>;
