import { IN_2030, type Scenario, type Step } from '../scenario.ts';

const OF_FLOW = { flows: { name: { any_: ['zz-lists'] } }, sort: 'NAME_ASC' };
const runs = (flow_runs: unknown, more = {}): Step => ['POST /flow_runs/filter', { ...OF_FLOW, flow_runs, ...more }];
const tasks = (task_runs: unknown): Step => ['POST /task_runs/filter', { ...OF_FLOW, task_runs }];

/** What generated sequences have found about lists and counts, and about the world they leave. */
export const FOUND_IN_LISTS: readonly Scenario[] = [
  {
    name: 'criteria that say little',
    steps: [
      ['POST /flows/', { name: 'zz-lists' }, 'flow'],
      ['POST /deployments/', { name: 'zz-d', flow_id: '$flow.id' }, 'deployment'],
      [
        'POST /deployments/$deployment.id/create_flow_run',
        { name: 'zz-r0', state: { type: 'SCHEDULED', state_details: { scheduled_time: IN_2030 } } },
        'r0',
      ],
      ['POST /flow_runs/', { flow_id: '$flow.id', name: 'zz-r1', tags: ['a'], state: { type: 'RUNNING' } }, 'r1'],
      // A run that has not started is where it is expected to.
      runs({ start_time: { after_: '2029-01-01' } }),
      runs({ start_time: { before_: '2029-01-01', is_null_: false } }),
      // Lists that are empty.
      runs({ id: { not_any_: [] }, state: { type: { not_any_: [] }, name: { not_any_: [] } } }),
      runs({ idempotency_key: { not_any_: [] } }),
      runs({ tags: { operator: 'or_', all_: [], is_null_: true } }),
      runs({ name: { like_: '' } }),
      // Within an `or_`, one that says nothing holds of everything; only of a state it is as if it were not there.
      runs({ operator: 'or_', name: { any_: ['zz-r0'] }, flow_version: {} }),
      runs({ operator: 'or_', name: { any_: ['zz-r0'] }, tags: {} }),
      runs({ state: { operator: 'or_', type: {}, name: { any_: ['Scheduled'] } } }),
      [
        'POST /deployments/count',
        { flows: OF_FLOW.flows, deployments: { operator: 'or_', name: { any_: [] }, paused: {} } },
      ],
      ['POST /flows/count', { flows: { operator: 'and_', name: { any_: ['zz-lists'] }, deployment: {} } }],
      // Task runs are looked for in runs, wherever a list asks for them.
      ['POST /flows/count', { ...OF_FLOW, task_runs: {} }],
      ['POST /deployments/count', { ...OF_FLOW, task_runs: {} }],
      [
        'POST /task_runs/',
        { flow_run_id: '$r1.id', task_key: 't', dynamic_key: '0', name: 'zz-t', state: { type: 'RUNNING' } },
      ],
      ['POST /flows/count', { ...OF_FLOW, task_runs: {} }],
      [
        'POST /flows/count',
        { ...OF_FLOW, task_runs: { name: { any_: ['zz-t'] } }, flow_runs: { name: { any_: ['zz-r0'] } } },
      ],
      ['POST /deployments/count', { ...OF_FLOW, task_runs: {} }],
      tasks({ flow_run_id: {} }),
      tasks({ flow_run_id: { is_null_: true, any_: ['$r1.id'] } }),
      tasks({ operator: 'or_', name: { any_: [] }, subflow_runs: {} }),
    ],
  },
  {
    name: 'slots of a lease are given back by name',
    steps: [
      ['POST /v2/concurrency_limits/', { name: 'zz-byname', limit: 3, active_slots: 1 }],
      [
        'POST /v2/concurrency_limits/increment-with-lease',
        { names: ['zz-byname'], slots: 2, lease_duration: 60 },
        'lease',
      ],
      ['POST /v2/concurrency_limits/decrement', { names: ['zz-byname'], slots: 2 }],
      ['GET /v2/concurrency_limits/zz-byname'],
      ['POST /v2/concurrency_limits/decrement-with-lease', { lease_id: '$lease.lease_id' }],
      ['GET /v2/concurrency_limits/zz-byname'],
    ],
  },
  {
    name: 'a limit that decays begins with slots that are taken',
    steps: [
      [
        'POST /v2/concurrency_limits/',
        { name: 'zz-begun', limit: 3, active_slots: 2, slot_decay_per_second: 0.0000001 },
      ],
    ],
  },
  {
    name: 'a template is looked at when its pool is made, not when it is changed',
    steps: [
      ['POST /work_pools/', { name: 'zz-template', type: 'process' }],
      [
        'PATCH /work_pools/zz-template',
        {
          base_job_template: {
            job_configuration: { a: '{{ a }}' },
            variables: { properties: { a: { type: 'integer', default: 'x' } } },
          },
        },
      ],
      ['GET /work_pools/zz-template'],
    ],
  },
  {
    name: 'parameters are held to a schema that says nothing',
    steps: [
      ['POST /flows/', { name: 'zz-silent' }, 'flow'],
      [
        'POST /deployments/',
        {
          name: 'zz-d',
          flow_id: '$flow.id',
          enforce_parameter_schema: true,
          parameter_openapi_schema: {},
          parameters: { n: 'x' },
        },
      ],
    ],
  },
  {
    name: 'a queue is renamed under its runs',
    steps: [
      ['POST /flows/', { name: 'zz-renamed' }, 'flow'],
      ['POST /work_pools/', { name: 'zz-renamed', type: 'process' }],
      ['POST /deployments/', { name: 'zz-d', flow_id: '$flow.id', work_pool_name: 'zz-renamed' }, 'deployment'],
      [
        'POST /deployments/$deployment.id/create_flow_run',
        { name: 'zz-r', state: { type: 'SCHEDULED', state_details: { scheduled_time: IN_2030 } } },
        'run',
      ],
      ['PATCH /work_pools/zz-renamed/queues/default', { name: 'zz-other' }],
      ['GET /deployments/$deployment.id'],
      ['GET /flow_runs/$run.id'],
    ],
  },
  {
    name: 'queues that are made paused, renamed, or not there',
    steps: [
      ['POST /work_pools/', { name: 'zz-paused', type: 'process' }],
      ['POST /work_pools/zz-paused/queues', { name: 'zz-q', is_paused: true }],
      ['PATCH /work_pools/zz-paused/queues/zz-q', { is_paused: true }],
      ['GET /work_pools/zz-paused/queues/zz-q'],
      ['PATCH /work_pools/zz-paused/queues/zz-none', { name: 'zz/q' }],
    ],
  },
  {
    name: 'no beginning of a name restricts nothing',
    steps: [
      ['POST /flows/', { name: 'zz-begun' }, 'flow'],
      ['POST /work_pools/', { name: 'zz-begun', type: 'process' }],
      ['POST /deployments/', { name: 'd', flow_id: '$flow.id', work_pool_name: 'zz-begun' }],
      ['POST /work_pools/zz-begun/queues/filter', { work_queues: { name: { startswith_: [] } } }],
      ...['any_', 'startswith_'].map(
        (criterion) =>
          [
            'POST /deployments/count',
            { flows: { name: { any_: ['zz-begun'] } }, work_pool_queues: { name: { [criterion]: [] } } },
          ] as const,
      ),
    ],
  },
];
