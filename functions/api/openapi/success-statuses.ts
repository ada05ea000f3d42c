import type { Route } from '../route.ts';

/** 201 for a new one; 200 for one that was there. */
const CREATED_OR_FOUND = [200, 201];

/** Operations that answer otherwise than their method suggests. */
const OTHERS: Readonly<Record<string, readonly number[]>> = {
  'DELETE /automations/owned-by/{resource_id}': [202],
  'DELETE /concurrency_limits/tag/{tag}': [200],
  'DELETE /concurrency_limits/{id}': [200],
  'POST /api_keys/': [201],
  'POST /artifacts/': [201],
  'POST /automations/': [201],
  'POST /automations/templates/validate': [204],
  'POST /block_documents/': [201],
  'POST /block_schemas/': CREATED_OR_FOUND,
  'POST /block_types/': [201],
  'POST /block_types/install_system_block_types': [200],
  'POST /concurrency_limits/': CREATED_OR_FOUND,
  'POST /deployments/': CREATED_OR_FOUND,
  'POST /deployments/{id}/create_flow_run': CREATED_OR_FOUND,
  'POST /deployments/{id}/schedules': [201],
  'POST /events': [204],
  'POST /flow_runs/': CREATED_OR_FOUND,
  'POST /flow_runs/{id}/input': [201],
  'POST /flow_runs/{id}/resume': CREATED_OR_FOUND,
  'POST /flow_runs/{id}/set_state': CREATED_OR_FOUND,
  'POST /flows/': CREATED_OR_FOUND,
  'POST /logs/': [201],
  'POST /task_runs/': CREATED_OR_FOUND,
  'POST /task_runs/{id}/set_state': CREATED_OR_FOUND,
  'POST /templates/validate': [204],
  'POST /v2/concurrency_limits/': [201],
  'POST /v2/concurrency_limits/leases/{lease_id}/renew': [204],
  'POST /variables/': [201],
  'POST /work_pools/': [201],
  'POST /work_pools/{work_pool_name}/queues': [201],
  'POST /v2/concurrency_limits/decrement-with-lease': [204],
  'POST /work_pools/{work_pool_name}/workers/heartbeat': [204],
  'POST /work_queues/': [201],
  'PUT /admin/storage': [200],
  'PUT /saved_searches/': CREATED_OR_FOUND,
};

/** With which statuses an operation says that it has done what was asked. */
export function successStatuses({ method, path }: Pick<Route, 'method' | 'path'>): readonly number[] {
  const other = OTHERS[`${method} ${path}`];
  if (other) return other;
  return method === 'GET' || method === 'POST' ? [200] : [204];
}
