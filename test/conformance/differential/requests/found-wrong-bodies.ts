import { IN_2030, type Scenario, UNKNOWN_ID } from '../scenario.ts';

/** What generated sequences have found about requests that are wrong, or written in an unusual way. */
export const FOUND_WRONG_BODIES: readonly Scenario[] = [
  {
    name: 'several wrong fields are named in the order of their schema, after the size of the page',
    steps: [
      ['POST /flow_runs/filter', { flows: { colour: 1 }, offset: -1, sort: 'ZZ', limit: 'x' }],
      ['POST /flows/filter', { sort: 'ZZ', flows: { tags: 1 }, offset: 'x' }],
      ['POST /deployments/paginate', { sort: 'ZZ', page: 0, limit: [] }],
      ['POST /artifacts/filter', { artifacts: { id: 1 }, offset: -1, sort: 'ZZ' }],
      ['POST /block_documents/filter', { offset: -1, sort: 'ZZ', include_secrets: 'x', block_types: 1 }],
      ['POST /work_queues/filter', { work_queues: 1, offset: -1 }],
      ['POST /deployments/', { version: 1, tags: 2, paused: 'x', flow_id: 3, name: 4, entrypoint: 5, labels: 6 }],
      [`PATCH /deployments/${UNKNOWN_ID}`, { entrypoint: 1, tags: 2, paused: 'x', description: 3, version: 4 }],
      ['POST /flow_runs/', { deployment_id: 1, work_queue_name: 2, flow_id: 3, name: 4 }],
      ['POST /v2/concurrency_limits/increment', { mode: 1, names: 2, slots: 'x' }],
    ],
  },
  {
    name: 'the size of a page is looked at before all else',
    steps: [
      ['POST /flows/filter', { limit: 201, sort: 'ZZ', offset: -1 }],
      ['POST /work_pools/filter', { limit: -1, work_pools: { colour: 1 } }],
      ['POST /work_pools/zz-nowhere/get_scheduled_flow_runs', { limit: 201, scheduled_before: 'x' }],
      ['POST /logs/filter', { limit: 201, logs: 1 }],
    ],
  },
  {
    name: 'literals and enumerations are told apart',
    steps: [
      ['POST /v2/concurrency_limits/increment', { names: ['zz'], slots: 1, mode: 'zz' }],
      [
        'POST /v2/concurrency_limits/increment-with-lease',
        { names: ['zz'], slots: 0, lease_duration: 1, holder: { type: 'nobody', id: 'no-id' } },
      ],
      ['POST /flow_runs/', { flow_id: UNKNOWN_ID, empirical_policy: { retry_type: 'zz' } }],
      ['POST /flow_runs/filter', { flow_runs: { operator: 'xor_' } }],
    ],
  },
  {
    name: 'path, query and body are wrong together',
    steps: [
      ['POST /v2/concurrency_limits/leases/no-id/renew', {}],
      ['POST /v2/concurrency_limits/leases/no-id/renew', { lease_duration: 1 }],
      ['POST /events/count-by/colour', { filter: {}, time_interval: 0.001 }],
      [`GET /block_documents/${UNKNOWN_ID}?include_secrets=perhaps`],
    ],
  },
  {
    name: 'numbers, booleans and times come in several spellings',
    steps: [
      ['POST /v2/concurrency_limits/', { name: 'zz-spelt', limit: '2', active: 'yes', slot_decay_per_second: '0' }],
      ['POST /v2/concurrency_limits/increment-with-lease', { names: ['zz-spelt'], slots: true, lease_duration: '9e1' }],
      ['PATCH /v2/concurrency_limits/zz-spelt', { active: 0 }],
      ['GET /v2/concurrency_limits/zz-spelt'],
      ['PATCH /v2/concurrency_limits/zz-spelt', { active: 2 }],
      ['PATCH /v2/concurrency_limits/zz-spelt', { active: 'perhaps', slot_decay_per_second: 'fast' }],
      ['POST /flows/', { name: 'zz-spelt' }, 'flow'],
      [
        'POST /flow_runs/',
        {
          flow_id: '$flow.id',
          name: 'zz-day',
          state: { type: 'SCHEDULED', state_details: { scheduled_time: '2030-01-02' } },
        },
        'run',
      ],
      ['GET /flow_runs/$run.id'],
      [
        'POST /flow_runs/count',
        { flows: { name: { any_: ['zz-spelt'] } }, flow_runs: { start_time: { after_: 1.5e9 } } },
      ],
      ['POST /flow_runs/count', { flow_runs: { start_time: { after_: 'yesterday', before_: ['x'] } } }],
      [
        'POST /flow_runs/history',
        {
          history_start: IN_2030,
          history_end: IN_2030,
          history_interval_seconds: true,
          flows: { name: { any_: ['zz'] } },
        },
      ],
      ['POST /flow_runs/history', { history_start: [], history_end: IN_2030, history_interval_seconds: 'hour' }],
    ],
  },
  {
    name: 'a part of a body that is null has its default',
    steps: [
      ['POST /flow_runs/filter', { flows: { name: { any_: ['zz-none'] } }, sort: null, offset: null, limit: null }],
      ['POST /ui/flow_runs/history', { flows: { name: { any_: ['zz-none'] } }, limit: null, sort: 'ZZ' }],
      [`POST /flow_runs/${UNKNOWN_ID}/set_state`, { state: null, force: null }],
      [`POST /flow_runs/${UNKNOWN_ID}/set_state`, { state: { type: 'RUNNING', state_details: null } }],
    ],
  },
  {
    name: 'names are asked for before, or looked at after, the rest',
    steps: [
      ['POST /block_documents/', { name: '', data: 1, block_type_id: 'no-id' }],
      ['POST /block_documents/', { name: '', is_anonymous: true, block_type_id: 'no-id' }],
      ['POST /variables/', { name: 'x'.repeat(300), value: 1 }],
      ['POST /variables/', { name: 'X'.repeat(300), value: 1 }],
      ['POST /work_pools/', { name: `"'"`, type: 'process' }],
      ['POST /deployments/', { name: 'a/b', flow_id: UNKNOWN_ID, concurrency_limit: 0 }],
      ['POST /artifacts/', { key: '', type: 'table', data: 1 }],
      ['POST /flows/', { name: 'zz-asked' }, 'flow'],
      ['POST /flow_runs/', { flow_id: '$flow.id', name: 'zz-asked' }, 'run'],
      ['POST /flow_runs/$run.id/input', { key: 'zz in', value: '1', sender: 7 }],
      ['POST /flow_runs/$run.id/input', { key: 'zz-in', value: [] }],
      ['POST /flow_runs/$run.id/input', { key: 'zz in', value: '1' }],
      ['PATCH /flow_runs/$run.id/labels', { mixed: [null] }],
    ],
  },
  {
    name: 'a run that is given no name has one made for it, whenever it is given none',
    steps: [
      ['POST /flows/', { name: 'zz-unnamed' }, 'flow'],
      ['POST /flow_runs/', { flow_id: '$flow.id', name: '' }, 'run'],
      ['PATCH /flow_runs/$run.id', { name: 'zz-r1' }],
      ['PATCH /flow_runs/$run.id', { name: null }],
      ['GET /flow_runs/$run.id'],
      ['POST /task_runs/', { flow_run_id: '$run.id', task_key: 't', dynamic_key: '0', name: [] }, 'task'],
      ['PATCH /task_runs/$task.id', { name: 'zz-t1' }],
      ['PATCH /task_runs/$task.id', { name: '' }],
      ['GET /task_runs/$task.id'],
      ['PATCH /task_runs/$task.id', { name: 7 }],
    ],
  },
  {
    name: 'a value that might have been of several kinds',
    steps: [
      [
        'POST /task_runs/',
        { flow_run_id: UNKNOWN_ID, task_key: 't', dynamic_key: '0', empirical_policy: { retry_delay: 'zz' } },
      ],
      [
        'POST /automations/',
        { name: 1, trigger: { posture: 'Proactive', expect: ['zz.never'], within: 0 }, actions: [] },
      ],
    ],
  },
  {
    name: 'schedules of a deployment that are null',
    steps: [[`PATCH /deployments/${UNKNOWN_ID}`, { schedules: null }]],
  },
  {
    name: 'a notification whose text is no template',
    steps: [
      [
        'POST /automations/',
        {
          name: 'zz-a',
          trigger: { posture: 'Reactive', expect: ['zz.never'], within: 0 },
          actions: [{ type: 'send-notification', block_document_id: UNKNOWN_ID, body: '{{ oops' }],
        },
      ],
    ],
  },
  {
    name: 'unknown keys are not told with what else is wrong',
    steps: [
      ['POST /variables/', { name: 'Zz Var', value: 1, zz: 2 }],
      ['PATCH /variables/name/zz_none', { value: 1, zz: 2 }],
    ],
  },
  {
    name: 'an operator that is null is none',
    steps: [
      ['POST /flow_runs/count', { flow_runs: { operator: null } }],
      ['POST /flow_runs/filter', { flow_runs: { tags: { operator: null } } }],
      ['POST /deployments/count', { deployments: { operator: null } }],
      ['POST /variables/count', { variables: { tags: { operator: null } } }],
    ],
  },
  {
    name: 'delays between the tries of a task in all spellings of a number',
    steps: [true, '7', 1.5, [true, 2.5, '3'], 'soon'].map(
      (retry_delay, index) =>
        [
          'POST /task_runs/',
          { flow_run_id: null, task_key: 'zz-delays', dynamic_key: `${index}`, empirical_policy: { retry_delay } },
        ] as const,
    ),
  },
  {
    name: 'the name of a deployment is looked at after its parameters',
    steps: [
      ['POST /flows/', { name: 'zz-looked-at' }, 'flow'],
      [
        'POST /deployments/',
        {
          name: 'd/2',
          flow_id: '$flow.id',
          parameter_openapi_schema: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] },
          enforce_parameter_schema: true,
          parameters: { n: 'x' },
        },
      ],
      ['POST /deployments/', { name: 'd/2', flow_id: '$flow.id' }],
    ],
  },
  {
    name: 'a negative limit and a variable without a name',
    steps: [
      ['POST /ui/flow_runs/history', { sort: 'ZZ', limit: -1 }],
      ['POST /ui/flow_runs/history', { limit: -1 }],
      ['POST /variables/', { name: '', value: 'zz' }],
    ],
  },
];
