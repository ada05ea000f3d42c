import { apiKeys } from './api-keys.ts';
import { automations } from './automations.ts';
import { blocks } from './blocks.ts';
import { concurrencyLimits } from './concurrency-limits.ts';
import { type ConnectionOptions, connect } from './connection.ts';
import { deployments } from './deployments.ts';
import { flowRuns } from './flow-runs.ts';
import { flows } from './flows.ts';
import { logs } from './logs.ts';
import { server } from './server.ts';
import { variables } from './variables.ts';
import { workPools } from './work-pools.ts';

/** The API as typed calls, one group a resource; what is sent and answered has the types of the server's own schemas. */
export type Client = ReturnType<typeof openClient>;

/** Sends nothing by itself. Calls throw `ApiError` for a refusal and `UnreachableError` when nobody answers. */
export function openClient(options: ConnectionOptions) {
  const connection = connect(options);
  return {
    apiUrl: connection.apiUrl,
    apiKeys: apiKeys(connection),
    automations: automations(connection),
    blocks: blocks(connection),
    concurrencyLimits: concurrencyLimits(connection),
    deployments: deployments(connection),
    flowRuns: flowRuns(connection),
    flows: flows(connection),
    logs: logs(connection),
    server: server(connection),
    variables: variables(connection),
    workPools: workPools(connection),
  };
}
