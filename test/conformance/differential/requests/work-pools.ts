import { type Scenario, UNKNOWN_ID } from '../scenario.ts';

const TEMPLATE = {
  job_configuration: { command: '{{ command }}', size: '{{ size }}' },
  variables: {
    type: 'object',
    properties: { command: { type: 'string' }, size: { type: 'integer', default: 1 } },
  },
};

export const WORK_POOLS: readonly Scenario[] = [
  {
    name: 'work pools live and change',
    steps: [
      [
        'POST /work_pools/',
        { name: 'zz-pool', type: 'process', base_job_template: TEMPLATE, description: 'd' },
        'pool',
      ],
      ['POST /work_pools/', { name: 'zz-pool', type: 'process' }],
      ['GET /work_pools/zz-pool'],
      ['GET /work_pools/zz-missing'],
      ['PATCH /work_pools/zz-pool', { is_paused: true, concurrency_limit: 3 }],
      ['GET /work_pools/zz-pool'],
      ['PATCH /work_pools/zz-pool', { is_paused: false, concurrency_limit: null }],
      ['GET /work_pools/zz-pool'],
      ['PATCH /work_pools/zz-missing', { is_paused: true }],
      ['PATCH /work_pools/zz-pool', { concurrency_limit: -1 }],
      ['POST /work_pools/filter', { work_pools: { name: { any_: ['zz-pool'] } }, limit: null, offset: 0 }],
      ['POST /work_pools/filter', { work_pools: { type: { any_: ['zz-no-type'] } } }],
      ['POST /work_pools/filter', { limit: 201 }],
      ['POST /work_pools/filter', { work_pools: { colour: {} } }],
      ['POST /work_pools/count', { work_pools: { name: { any_: ['zz-pool'] } } }],
      ['POST /work_pools/zz-pool/workers/filter', { offset: null, limit: null }],
      ['POST /work_pools/zz-pool/get_scheduled_flow_runs', {}],
      ['POST /work_pools/zz-missing/get_scheduled_flow_runs', {}],
      ['DELETE /work_pools/zz-pool'],
      ['DELETE /work_pools/zz-pool'],
    ],
  },
  {
    name: 'what is not a work pool is refused',
    steps: [
      ['POST /work_pools/', { name: 'prefect-x', type: 'process' }],
      ['POST /work_pools/', { name: 'zz/slash', type: 'process' }],
      ['POST /work_pools/', { type: 'process' }],
      ['POST /work_pools/', { name: 'zz-limit', type: 'process', concurrency_limit: -1 }],
      ['POST /work_pools/', { name: 'zz-half', type: 'process', base_job_template: { variables: {} } }],
      [
        'POST /work_pools/',
        {
          name: 'zz-undeclared',
          type: 'process',
          base_job_template: { job_configuration: { a: '{{ b }}' }, variables: { type: 'object', properties: {} } },
        },
      ],
      [
        'POST /work_pools/',
        {
          name: 'zz-bad-default',
          type: 'process',
          base_job_template: {
            job_configuration: { a: '{{ a }}' },
            variables: { type: 'object', properties: { a: { type: 'integer', default: 'x' } } },
          },
        },
      ],
    ],
  },
  {
    name: 'queues belong to their pool',
    steps: [
      ['POST /work_pools/', { name: 'zz-queues', type: 'process' }, 'pool'],
      ['GET /work_pools/zz-queues/queues/default', undefined, 'queue'],
      ['GET /work_queues/$queue.id'],
      [`GET /work_queues/${UNKNOWN_ID}`],
      ['POST /work_pools/zz-queues/queues', { name: 'fast', priority: 1, concurrency_limit: 2 }, 'fast'],
      ['POST /work_pools/zz-queues/queues', { name: 'fast' }],
      ['POST /work_pools/zz-queues/queues', { name: 'slow' }],
      ['POST /work_pools/zz-queues/queues', { name: 'bad', priority: 0 }],
      ['POST /work_pools/zz-queues/queues/filter', {}],
      ['PATCH /work_pools/zz-queues/queues/fast', { is_paused: true, description: 'now' }],
      ['GET /work_pools/zz-queues/queues/fast'],
      ['GET /work_pools/zz-queues/queues/missing'],
      ['DELETE /work_pools/zz-queues/queues/slow'],
      ['DELETE /work_pools/zz-queues/queues/slow'],
      ['POST /work_pools/zz-queues/queues/filter', {}],
    ],
  },
];
