import { IN_2030, type Scenario, UNKNOWN_ID } from '../scenario.ts';

const SCHEMA = {
  title: 'Parameters',
  type: 'object',
  properties: { n: { type: 'integer', position: 0, title: 'n' }, name: { type: 'string', default: 'x', position: 1 } },
  required: ['n'],
};
const TEMPLATE = {
  job_configuration: { command: '{{ command }}', stream_output: '{{ stream_output }}' },
  variables: {
    type: 'object',
    properties: { command: { type: 'string' }, stream_output: { type: 'boolean', default: true } },
  },
};

export const DEPLOYMENTS: readonly Scenario[] = [
  {
    name: 'deployments are created, updated and run',
    steps: [
      ['POST /work_pools/', { name: 'zz-deploy', type: 'process', base_job_template: TEMPLATE }, 'pool'],
      ['POST /flows/', { name: 'zz-deploy', labels: { of: 'flow' } }, 'flow'],
      [
        'POST /deployments/',
        {
          name: 'd',
          flow_id: '$flow.id',
          paused: false,
          schedules: [],
          enforce_parameter_schema: true,
          parameter_openapi_schema: SCHEMA,
          parameters: { n: 1 },
          tags: ['a'],
          labels: { team: 'y' },
          pull_steps: [{ 'prefect.deployments.steps.set_working_directory': { directory: '/app' } }],
          work_queue_name: null,
          work_pool_name: 'zz-deploy',
          description: 'text',
          path: null,
          entrypoint: 'flow.py:hello',
          job_variables: {},
          version: '1',
          version_info: { type: 'prefect:simple', version: '1' },
        },
        'deployment',
      ],
      ['POST /deployments/', { name: 'd', flow_id: '$flow.id', work_pool_name: 'zz-deploy', tags: ['b'] }],
      ['GET /deployments/$deployment.id'],
      ['GET /deployments/name/zz-deploy/d'],
      ['GET /deployments/name/zz-deploy/missing'],
      ['GET /deployments/name/zz-missing/d'],
      [`GET /deployments/${UNKNOWN_ID}`],
      [
        'POST /deployments/filter',
        { deployments: { name: { any_: ['d'] } }, flows: { name: { any_: ['zz-deploy'] } } },
      ],
      [
        'POST /deployments/filter',
        { deployments: { name: { any_: ['d'] } }, flows: { name: { any_: ['zz-missing'] } } },
      ],
      [
        'POST /deployments/filter',
        { deployments: { tags: { all_: ['b'] }, flow_or_deployment_name: { like_: 'zz-dep' } } },
      ],
      ['POST /deployments/filter', { deployments: { colour: {} } }],
      ['POST /deployments/filter', { limit: 201 }],
      ['POST /deployments/count', { flows: { name: { any_: ['zz-deploy'] } } }],
      ['PATCH /deployments/$deployment.id', { description: 'other', parameters: { n: 2 } }],
      ['PATCH /deployments/$deployment.id', { parameters: { n: 'a' } }],
      ['GET /deployments/$deployment.id'],
      [`PATCH /deployments/${UNKNOWN_ID}`, { description: 'other' }],
      ['POST /deployments/$deployment.id/pause_deployment'],
      ['GET /deployments/$deployment.id'],
      ['POST /deployments/$deployment.id/resume_deployment'],
      ['POST /deployments/$deployment.id/create_flow_run', { parameters: { n: 'a' } }],
      ['POST /deployments/$deployment.id/create_flow_run', { parameters: { n: 3, unknown: 1 } }],
      ['POST /deployments/$deployment.id/create_flow_run', { parameters: { n: null } }],
      [
        'POST /deployments/$deployment.id/create_flow_run',
        { parameters: { n: { __prefect_kind: 'json', value: '7' } } },
      ],
      [
        'POST /deployments/$deployment.id/create_flow_run',
        { parameters: { n: { __prefect_kind: 'json', value: '{' } } },
      ],
      ['POST /deployments/$deployment.id/create_flow_run', { job_variables: { stream_output: 'zz' } }],
      ['POST /deployments/$deployment.id/create_flow_run', { job_variables: { stream_output: false }, tags: ['r'] }],
      [`POST /deployments/${UNKNOWN_ID}/create_flow_run`, {}],
      [
        'POST /deployments/$deployment.id/create_flow_run',
        {
          state: { type: 'SCHEDULED', name: 'Scheduled', state_details: { scheduled_time: IN_2030 } },
          name: 'chosen',
          parameters: {},
          context: {},
          idempotency_key: 'once',
          labels: { mine: true },
        },
        'run',
      ],
      ['POST /deployments/$deployment.id/create_flow_run', { idempotency_key: 'once' }],
      [
        'POST /deployments/get_scheduled_flow_runs',
        { deployment_ids: ['$deployment.id'], scheduled_before: '2031-01-01T00:00:00Z', limit: 1 },
      ],
      ['DELETE /deployments/$deployment.id'],
      ['DELETE /deployments/$deployment.id'],
      ['GET /flow_runs/$run.id'],
    ],
  },
  {
    name: 'what is not a deployment is refused',
    steps: [
      ['POST /flows/', { name: 'zz-deploy-bad' }, 'flow'],
      ['POST /deployments/', { name: 'd', flow_id: '$flow.id', work_pool_name: 'zz-missing' }],
      ['POST /deployments/', { name: 'd', flow_id: UNKNOWN_ID }],
      ['POST /deployments/', { name: 'd/e', flow_id: '$flow.id' }],
      ['POST /deployments/', { name: 'd' }],
      ['POST /deployments/', { name: 'd', flow_id: '$flow.id', zzz: 1 }],
      ['POST /deployments/', { name: 'd', flow_id: '$flow.id', schedules: [{ schedule: { cron: 'not a cron' } }] }],
      ['POST /deployments/', { name: 'd', flow_id: '$flow.id', schedules: [{ schedule: { interval: -1 } }] }],
    ],
  },
  {
    name: 'schedules and limits are part of a deployment',
    steps: [
      ['POST /flows/', { name: 'zz-schedules' }, 'flow'],
      [
        'POST /deployments/',
        {
          name: 'd',
          flow_id: '$flow.id',
          paused: true,
          concurrency_limit: 2,
          concurrency_options: { collision_strategy: 'CANCEL_NEW' },
          schedules: [
            { schedule: { cron: '0 0 * * *', timezone: 'UTC' }, slug: 'nightly', parameters: { n: 1 } },
            { schedule: { interval: 3600, anchor_date: '2020-01-01T00:00:00Z', timezone: 'UTC' }, active: false },
          ],
        },
        'deployment',
      ],
      ['POST /deployments/', { name: 'd', flow_id: '$flow.id', paused: true, concurrency_limit: null }],
      ['DELETE /automations/owned-by/prefect.deployment.$deployment.id'],
    ],
  },
];
