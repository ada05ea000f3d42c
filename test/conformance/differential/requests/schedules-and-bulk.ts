import { IN_2030, type Scenario, UNKNOWN_ID } from '../scenario.ts';

const CRON = { cron: '0 0 * * *', timezone: 'UTC' };
const INTERVAL = { interval: 3600, anchor_date: '2020-01-01T00:00:00Z', timezone: 'UTC' };

export const SCHEDULES_AND_BULK: readonly Scenario[] = [
  {
    name: 'schedules are added, changed and taken away',
    steps: [
      ['POST /flows/', { name: 'zz-timetable' }, 'flow'],
      ['POST /deployments/', { name: 'd', flow_id: '$flow.id', paused: true }, 'deployment'],
      ['POST /deployments/$deployment.id/schedules', [{ schedule: CRON, slug: 'nightly' }], 'made'],
      ['POST /deployments/$deployment.id/schedules', [{ schedule: CRON, slug: 'nightly' }]],
      ['POST /deployments/$deployment.id/schedules', [{ schedule: { rrule: 'FREQ=DAILY;COUNT=3' }, active: false }]],
      ['POST /deployments/$deployment.id/schedules', [{ active: true }]],
      ['POST /deployments/$deployment.id/schedules', [{ schedule: CRON, max_scheduled_runs: 51 }]],
      [`POST /deployments/${UNKNOWN_ID}/schedules`, [{ schedule: CRON }]],
      ['GET /deployments/$deployment.id/schedules'],
      [`GET /deployments/${UNKNOWN_ID}/schedules`],
      ['PATCH /deployments/$deployment.id/schedules/$made.0.id', { active: false, schedule: INTERVAL }],
      [`PATCH /deployments/$deployment.id/schedules/${UNKNOWN_ID}`, { active: false }],
      ['GET /deployments/$deployment.id/schedules'],
      ['DELETE /deployments/$deployment.id/schedules/$made.0.id'],
      ['DELETE /deployments/$deployment.id/schedules/$made.0.id'],
      ['GET /deployments/$deployment.id'],
    ],
  },
  {
    name: 'a deployment is changed in all its parts',
    steps: [
      ['POST /flows/', { name: 'zz-change' }, 'flow'],
      ['POST /work_pools/', { name: 'zz-change', type: 'process' }],
      ['POST /work_pools/zz-change/queues', { name: 'other' }],
      ['POST /deployments/', { name: 'd', flow_id: '$flow.id', paused: true, tags: ['a'] }, 'deployment'],
      ['PATCH /deployments/$deployment.id', { work_pool_name: 'zz-change' }],
      ['GET /deployments/$deployment.id'],
      [
        'PATCH /deployments/$deployment.id',
        { work_queue_name: 'other', tags: ['b'], version: '2', entrypoint: 'a.py:b' },
      ],
      ['PATCH /deployments/$deployment.id', { work_pool_name: 'zz-missing' }],
      ['PATCH /deployments/$deployment.id', { work_queue_name: 'made-by-patch' }],
      ['GET /deployments/$deployment.id'],
      ['PATCH /deployments/$deployment.id', { schedules: [{ schedule: CRON, slug: 'x', active: true }] }],
      ['PATCH /deployments/$deployment.id', { schedules: [{ slug: 'x', active: false }] }],
      ['GET /deployments/$deployment.id'],
      ['PATCH /deployments/$deployment.id', { schedules: [{ slug: 'unknown', active: false }] }],
      ['PATCH /deployments/$deployment.id', { schedules: [] }],
      ['PATCH /deployments/$deployment.id', { enforce_parameter_schema: true, parameter_openapi_schema: null }],
      ['PATCH /deployments/$deployment.id', { paused: false }],
      ['PATCH /deployments/$deployment.id', {}],
      ['GET /deployments/$deployment.id'],
      [`GET /deployments/${UNKNOWN_ID}/work_queue_check`],
      ['DELETE /work_pools/zz-change'],
      ['GET /deployments/$deployment.id'],
    ],
  },
  {
    name: 'many at once',
    steps: [
      ['POST /flows/', { name: 'zz-many' }, 'flow'],
      ['POST /deployments/', { name: 'd', flow_id: '$flow.id' }, 'deployment'],
      ['POST /deployments/$deployment.id/create_flow_run/bulk', [{ name: 'a' }, { name: 'b', tags: ['zz'] }], 'made'],
      ['POST /deployments/$deployment.id/create_flow_run/bulk', []],
      [`POST /deployments/${UNKNOWN_ID}/create_flow_run/bulk`, [{}]],
      [
        'POST /flow_runs/bulk_set_state',
        {
          flow_runs: { name: { any_: ['a'] }, deployment_id: { any_: ['$deployment.id'] } },
          state: { type: 'CANCELLED' },
        },
      ],
      ['POST /flow_runs/bulk_set_state', { state: { type: 'NOTHING' } }],
      ['POST /flow_runs/bulk_delete', { flow_runs: { deployment_id: { any_: ['$deployment.id'] } }, limit: 201 }],
      ['POST /flow_runs/bulk_delete', { flow_runs: { colour: 1 } }],
      [
        'POST /flow_runs/bulk_delete',
        { flow_runs: { name: { any_: ['a'] }, deployment_id: { any_: ['$deployment.id'] } } },
      ],
      ['POST /flow_runs/count', { flow_runs: { deployment_id: { any_: ['$deployment.id'] } } }],
      ['POST /deployments/bulk_delete', { deployments: { id: { any_: ['$deployment.id'] } } }],
      ['GET /deployments/$deployment.id'],
      ['POST /flows/bulk_delete', { flows: { name: { any_: ['zz-many'] } } }],
      ['GET /flows/$flow.id'],
    ],
  },
  {
    name: 'histories count by interval and state',
    steps: [
      ['POST /flows/', { name: 'zz-history' }, 'flow'],
      [
        'POST /flow_runs/',
        { flow_id: '$flow.id', state: { type: 'SCHEDULED', state_details: { scheduled_time: IN_2030 } } },
      ],
      [
        'POST /flow_runs/',
        {
          flow_id: '$flow.id',
          state: { type: 'SCHEDULED', name: 'Late', state_details: { scheduled_time: '2030-01-02T05:00:00Z' } },
        },
      ],
      [
        'POST /flow_runs/history',
        {
          history_start: '2030-01-02T03:00:00Z',
          history_end: '2030-01-02T06:00:00Z',
          history_interval_seconds: 3600,
          flows: { name: { any_: ['zz-history'] } },
        },
      ],
      [
        'POST /flow_runs/history',
        { history_start: IN_2030, history_end: '2030-01-02T06:00:00Z', history_interval_seconds: 0.5 },
      ],
      ['POST /flow_runs/history', { history_start: IN_2030 }],
      ['POST /flow_runs/lateness', { flows: { name: { any_: ['zz-history'] } } }],
      ['POST /flow_runs/lateness', { flows: { name: { any_: ['zz-nothing'] } } }],
    ],
  },
  {
    name: 'inputs are left for a run',
    steps: [
      ['POST /flows/', { name: 'zz-inputs' }, 'flow'],
      ['POST /flow_runs/', { flow_id: '$flow.id', state: { type: 'RUNNING' } }, 'run'],
      ['POST /flow_runs/$run.id/input', { key: 'zz-1', value: '{"a": 1}', sender: 'me' }],
      ['POST /flow_runs/$run.id/input', { key: 'zz-1', value: '2' }],
      ['POST /flow_runs/$run.id/input', { key: 'zz 2', value: '2' }],
      ['POST /flow_runs/$run.id/input', { key: 'zz-3', value: '{' }],
      ['POST /flow_runs/$run.id/input', { key: 'zz-4' }],
      [`POST /flow_runs/${UNKNOWN_ID}/input`, { key: 'zz-1', value: '1' }],
      ['POST /flow_runs/$run.id/input/filter', { prefix: 'zz', limit: 1, exclude_keys: [] }],
      ['POST /flow_runs/$run.id/input/filter', { prefix: 'zz', exclude_keys: ['zz-1'] }],
      ['POST /flow_runs/$run.id/input/filter', {}],
      ['GET /flow_runs/$run.id/input/zz-1'],
      ['GET /flow_runs/$run.id/input/zz-missing'],
      ['DELETE /flow_runs/$run.id/input/zz-1'],
      ['DELETE /flow_runs/$run.id/input/zz-1'],
    ],
  },
  {
    name: 'a pause asks for input, and a resume brings it',
    steps: [
      ['POST /flows/', { name: 'zz-asking' }, 'flow'],
      ['POST /flow_runs/', { flow_id: '$flow.id', state: { type: 'RUNNING' } }, 'run'],
      [
        'POST /flow_runs/$run.id/set_state',
        {
          state: {
            type: 'PAUSED',
            state_details: {
              pause_timeout: IN_2030,
              pause_key: '1',
              run_input_keyset: { schema: 'zz-schema', response: 'zz-response', description: 'zz-description' },
            },
          },
        },
      ],
      ['POST /flow_runs/$run.id/resume', { run_input: { x: 1 } }],
      [
        'POST /flow_runs/$run.id/input',
        {
          key: 'zz-schema',
          value: '{"type":"object","properties":{"x":{"type":"integer"}},"required":["x"]}',
        },
      ],
      ['POST /flow_runs/$run.id/resume', { run_input: { x: 'one' } }],
      ['POST /flow_runs/$run.id/resume', {}],
      ['POST /flow_runs/$run.id/resume', { run_input: { x: { __prefect_kind: 'json', value: '{' } } }],
      ['POST /flow_runs/$run.id/resume', { run_input: { x: { __prefect_kind: 'json', value: '7' } } }],
      ['GET /flow_runs/$run.id/input/zz-response'],
      ['GET /flow_runs/$run.id'],
    ],
  },
];
