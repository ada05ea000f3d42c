import { IN_2030, type Scenario } from '../../scenario.ts';

const STORAGE = {
  bundle_upload_step: { 'a.upload': { bucket: 'b' } },
  bundle_execution_step: { 'a.execute': { bucket: 'b' } },
  default_result_storage_block_id: '11111111-1111-4111-8111-111111111111',
};
const scheduled = (name: string) => ({
  name,
  state: { type: 'SCHEDULED', state_details: { scheduled_time: IN_2030 } },
});

/** What Prefect's own tests of work pools and queues expect, where the other scenarios do not ask. */
export const POOLS_AND_QUEUES: readonly Scenario[] = [
  {
    name: 'a name of quotes and blanks alone is none for a work pool',
    steps: ["''", "' ' ", ' ', '"'].map((name) => ['POST /work_pools/', { name, type: 'process' }] as const),
  },
  {
    name: 'a storage configuration with a key that is unknown changes nothing',
    steps: [
      ['POST /work_pools/', { name: 'zz-store', type: 'process', storage_configuration: STORAGE }],
      ['PATCH /work_pools/zz-store', { storage_configuration: { invalid_key: 'x' } }],
      ['GET /work_pools/zz-store'],
      ['PATCH /work_pools/zz-store', { description: 'd' }],
      ['GET /work_pools/zz-store'],
      ['PATCH /work_pools/zz-store', { storage_configuration: {} }],
      ['GET /work_pools/zz-store'],
      ['POST /work_pools/zz-store/workers/heartbeat'],
    ],
  },
  {
    name: 'a queue of the old kind takes the runs that fit its filter',
    steps: [
      ['POST /flows/', { name: 'zz-fit' }, 'flow'],
      ['POST /deployments/', { name: 'd', flow_id: '$flow.id', tags: ['zz-fit', 'u'] }, 'one'],
      ['POST /deployments/', { name: 'e', flow_id: '$flow.id', tags: ['zz-fit'] }, 'other'],
      ['POST /deployments/$one.id/create_flow_run', scheduled('a')],
      ['POST /deployments/$other.id/create_flow_run', scheduled('b')],
      ['POST /deployments/$other.id/create_flow_run', { name: 'c', state: { type: 'RUNNING' } }],
      ['POST /work_queues/', { name: 'zz-fit', filter: { tags: ['zz-fit', 'u'] } }, 'queue'],
      ['POST /work_queues/$queue.id/get_runs', {}],
      ['PATCH /work_queues/$queue.id', { filter: { tags: ['zz-fit'], deployment_ids: ['$other.id'] } }],
      ['POST /work_queues/$queue.id/get_runs', {}],
      ['PATCH /work_queues/$queue.id', { concurrency_limit: 1 }],
      ['POST /work_queues/$queue.id/get_runs', {}],
      ['PATCH /work_queues/$queue.id', { is_paused: true, concurrency_limit: null }],
      ['POST /work_queues/$queue.id/get_runs', {}],
      ['GET /work_queues/$queue.id'],
    ],
  },
  {
    name: 'a queue that a deployment names without a pool stands before the others',
    steps: [
      ['POST /flows/', { name: 'zz-first' }, 'flow'],
      ['POST /deployments/', { name: 'd', flow_id: '$flow.id', work_queue_name: 'zz-first' }],
      ['GET /work_queues/name/zz-first'],
    ],
  },
];
