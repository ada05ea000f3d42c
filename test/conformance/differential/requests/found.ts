import { IN_2030, type Scenario, UNKNOWN_ID } from '../scenario.ts';

/** What generated sequences have found, each by the name of what was seen. */
export const FOUND: readonly Scenario[] = [
  {
    name: 'the task runs of a deleted run are gone with it',
    steps: [
      ['POST /flows/', { name: 'zz-gone' }, 'flow'],
      ['POST /flow_runs/', { flow_id: '$flow.id', state: { type: 'RUNNING' } }, 'run'],
      ['POST /task_runs/', { flow_run_id: '$run.id', task_key: 't', dynamic_key: '0', name: 'zz-t' }, 'task'],
      ['POST /flow_runs/', { flow_id: '$flow.id', parent_task_run_id: '$task.id', name: 'zz-c' }, 'child'],
      ['DELETE /flow_runs/$run.id'],
      ['GET /task_runs/$task.id'],
      ['PATCH /task_runs/$task.id', { name: 'zz-u' }],
      ['POST /task_runs/$task.id/set_state', { state: { type: 'RUNNING' } }],
      ['GET /flow_runs/$child.id'],
    ],
  },
  {
    name: 'a run that names a pool is in its default queue, or in the one it names',
    steps: [
      ['POST /flows/', { name: 'zz-placed' }, 'flow'],
      ['POST /work_pools/', { name: 'zz-places', type: 'process' }],
      ['POST /work_pools/zz-places/queues', { name: 'zz-second' }],
      ['POST /flow_runs/', { flow_id: '$flow.id', name: 'zz-1', work_pool_name: 'zz-places' }],
      [
        'POST /flow_runs/',
        { flow_id: '$flow.id', name: 'zz-2', work_pool_name: 'zz-places', work_queue_name: 'zz-second' },
      ],
      ['POST /flow_runs/', { flow_id: '$flow.id', work_pool_name: 'zz-places', work_queue_name: 'zz-none' }],
      ['POST /flow_runs/', { flow_id: '$flow.id', work_pool_name: 'zz-nowhere', work_queue_name: 'zz-none' }],
      ['POST /flow_runs/', { flow_id: '$flow.id', work_pool_name: 'zz-nowhere' }],
      ['POST /flow_runs/count', { work_pools: { name: { any_: ['zz-places'] } } }],
      ['DELETE /work_pools/zz-places/queues/zz-second'],
      ['POST /flow_runs/count', { work_pools: { name: { any_: ['zz-places'] } } }],
      ['POST /flow_runs/filter', { work_pools: { name: { any_: ['zz-places'] } } }],
    ],
  },
  {
    name: 'a span of starts has the runs that did not start by when they are expected',
    steps: [
      ['POST /flows/', { name: 'zz-start' }, 'flow'],
      [
        'POST /flow_runs/',
        {
          ...{ flow_id: '$flow.id', name: 'zz-waits' },
          state: { type: 'SCHEDULED', state_details: { scheduled_time: IN_2030 } },
        },
      ],
      ['POST /flow_runs/', { flow_id: '$flow.id', name: 'zz-runs', state: { type: 'RUNNING' } }],
      ...[{ after_: '2029-01-01T00:00:00Z' }, { before_: '2029-01-01T00:00:00Z' }, { is_null_: true }].map(
        (start_time): [string, unknown] => [
          'POST /flow_runs/filter',
          { flow_runs: { start_time }, flows: { name: { any_: ['zz-start'] } } },
        ],
      ),
    ],
  },
  {
    name: 'a criterion that says nothing holds, among alternatives too',
    steps: [
      ['POST /work_pools/', { name: 'zz-said', type: 'process' }],
      ['POST /work_pools/zz-said/queues', { name: 'zz-Queue' }],
      ...[
        { operator: 'or_', id: { any_: [UNKNOWN_ID] }, name: {} },
        { operator: 'or_', id: { any_: [UNKNOWN_ID] } },
        { name: { startswith_: ['ZZ-q'] } },
        { name: { startswith_: ['z%u'] } },
      ].map((work_queues): [string, unknown] => ['POST /work_pools/zz-said/queues/filter', { work_queues }]),
      ['POST /flows/', { name: 'zz-said' }, 'flow'],
      ['POST /deployments/', { name: 'zz-limitless', flow_id: '$flow.id' }],
      ['POST /deployments/count', { deployments: { concurrency_limit: { ge_: 5 }, name: { any_: ['zz-limitless'] } } }],
      ['POST /flow_runs/', { flow_id: '$flow.id', state: { type: 'RUNNING' } }, 'run'],
      ['POST /task_runs/', { flow_run_id: '$run.id', task_key: 't', dynamic_key: '0', name: 'zz-said-0' }],
      ['POST /task_runs/', { task_key: 't', dynamic_key: 'zz-said', name: 'zz-said-1' }],
      ...[{}, { is_null_: null }, { is_null_: true }, { is_null_: false, any_: ['$run.id'] }].map(
        (flow_run_id): [string, unknown] => [
          'POST /task_runs/count',
          { task_runs: { flow_run_id, name: { like_: 'zz-said' } } },
        ],
      ),
    ],
  },
  {
    name: 'labels of a run that is not there',
    steps: [[`PATCH /flow_runs/${UNKNOWN_ID}/labels`, { a: 'b' }]],
  },
  {
    name: 'a retry policy is replaced as a whole',
    steps: [
      ['POST /flows/', { name: 'zz-policy' }, 'flow'],
      ['POST /flow_runs/', { flow_id: '$flow.id', empirical_policy: { retries: 2, retry_delay: 30 } }, 'run'],
      ['PATCH /flow_runs/$run.id', { empirical_policy: { retries: 0 } }],
      ['GET /flow_runs/$run.id'],
    ],
  },
  {
    name: 'a policy is sent back without the pauses that have fired',
    steps: [
      ['POST /flows/', { name: 'zz-fired' }, 'flow'],
      ['POST /flow_runs/', { flow_id: '$flow.id', state: { type: 'RUNNING' } }, 'run'],
      ['POST /flow_runs/$run.id/set_state', { state: { type: 'PAUSED', state_details: { pause_key: 'k' } } }],
      ['PATCH /flow_runs/$run.id', { empirical_policy: { retries: 1 } }],
      ['GET /flow_runs/$run.id'],
    ],
  },
  {
    name: 'the task runs of a scheduled run go when its deployment does',
    steps: [
      ['POST /flows/', { name: 'zz-both' }, 'flow'],
      ['POST /deployments/', { name: 'd', flow_id: '$flow.id' }, 'deployment'],
      [
        'POST /deployments/$deployment.id/create_flow_run',
        { state: { type: 'SCHEDULED', state_details: { scheduled_time: IN_2030 } } },
        'run',
      ],
      ['POST /task_runs/', { flow_run_id: '$run.id', task_key: 't', dynamic_key: '0', name: 'zz-t' }, 'task'],
      ['DELETE /deployments/$deployment.id'],
      ['GET /flow_runs/$run.id'],
      ['GET /task_runs/$task.id'],
    ],
  },
  {
    name: 'a part of a body that is null is missing',
    steps: [
      ['POST /v2/concurrency_limits/decrement', { names: ['zz-none'], slots: null }],
      ['POST /deployments/get_scheduled_flow_runs', { deployment_ids: null }],
    ],
  },
  {
    name: "a subflow's transition is told to the task run that stands for it, with its id",
    steps: [
      ['POST /flows/', { name: 'zz-told' }, 'flow'],
      ['POST /flow_runs/', { flow_id: '$flow.id', state: { type: 'RUNNING' } }, 'run'],
      ['POST /task_runs/', { flow_run_id: '$run.id', task_key: 't', dynamic_key: '0', name: 'zz-t' }, 'task'],
      ['POST /flow_runs/', { flow_id: '$flow.id', parent_task_run_id: '$task.id', name: 'zz-c' }, 'child'],
      [
        'POST /flow_runs/$child.id/set_state',
        { state: { type: 'RUNNING', state_details: { transition_id: '33333333-3333-4333-8333-333333333333' } } },
      ],
      ['GET /task_runs/$task.id'],
    ],
  },
  {
    name: 'a refused proposal to a paused run',
    steps: [
      ['POST /flows/', { name: 'zz-refused' }, 'flow'],
      ['POST /flow_runs/', { flow_id: '$flow.id', state: { type: 'RUNNING' } }, 'run'],
      [
        'POST /flow_runs/$run.id/set_state',
        { state: { type: 'PAUSED', state_details: { pause_timeout: IN_2030, pause_key: 'k' } } },
      ],
      ['POST /flow_runs/$run.id/set_state', { state: { type: 'PENDING' } }],
      ['GET /flow_runs/$run.id'],
      ['POST /flow_runs/$run.id/resume', {}],
      ['GET /flow_runs/$run.id'],
    ],
  },
  {
    name: 'an id that is null or left out is said to be so',
    steps: [
      ['POST /flow_runs/count', { flow_runs: { id: { any_: [null] } } }],
      ['POST /logs/filter', { logs: { flow_run_id: { any_: [7] } } }],
      ['POST /v2/concurrency_limits/decrement-with-lease', {}],
    ],
  },
  {
    name: 'no input of a flow run is as many as a limit of none',
    steps: [
      ['POST /flows/', { name: 'zz-unasked' }, 'flow'],
      ['POST /flow_runs/', { flow_id: '$flow.id', state: { type: 'RUNNING' } }, 'run'],
      ['POST /flow_runs/$run.id/input', { key: 'zz-in', value: '1' }],
      ['POST /flow_runs/$run.id/input/filter', { prefix: 'zz', limit: 0 }],
    ],
  },
  {
    name: 'inputs of a flow run without a key, and with a text that is no JSON',
    steps: [
      ['POST /flows/', { name: 'zz-inputs' }, 'flow'],
      ['POST /flow_runs/', { flow_id: '$flow.id', state: { type: 'RUNNING' } }, 'run'],
      ['POST /flow_runs/$run.id/input', { key: '', value: '1' }],
      ['POST /flow_runs/$run.id/input', { key: 'zz-in', value: '{' }],
      ['GET /flow_runs/$run.id/input/zz-in'],
    ],
  },
  {
    name: 'a schedule that is new in a change of its deployment',
    steps: [
      ['POST /flows/', { name: 'zz-new-schedule' }, 'flow'],
      ['POST /deployments/', { name: 'd', flow_id: '$flow.id', paused: true }, 'deployment'],
      ['POST /deployments/$deployment.id/schedules', [{ schedule: { cron: '0 0 1 1 *' }, slug: 'one' }]],
      [
        'PATCH /deployments/$deployment.id',
        { schedules: [{ schedule: { cron: '0 0 2 1 *' }, slug: 'two', max_scheduled_runs: 1 }] },
      ],
      ['GET /deployments/$deployment.id'],
    ],
  },
  {
    name: 'a limit of task runs is deleted while one holds slots of two',
    steps: [
      ['POST /concurrency_limits/', { tag: 'zz-held-1', concurrency_limit: 1 }, 'one'],
      ['POST /concurrency_limits/', { tag: 'zz-held-2', concurrency_limit: 2 }],
      ['POST /concurrency_limits/increment', { names: ['zz-held-1', 'zz-held-2'], task_run_id: UNKNOWN_ID }],
      ['DELETE /concurrency_limits/$one.id'],
      ['GET /concurrency_limits/tag/zz-held-2'],
    ],
  },
];
