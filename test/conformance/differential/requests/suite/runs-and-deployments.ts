import { IN_2030, type Scenario, UNKNOWN_ID } from '../../scenario.ts';

const SCHEDULED_IN_2030 = { state: { type: 'SCHEDULED', state_details: { scheduled_time: IN_2030 } } };

/** What Prefect's own tests of flow runs and deployments expect, where the other scenarios do not ask. */
export const RUNS_AND_DEPLOYMENTS: readonly Scenario[] = [
  {
    name: 'who leaves a pause whose time has passed is told so',
    steps: ['RUNNING', 'COMPLETED', 'SCHEDULED'].flatMap((type): [string, unknown?, string?][] => [
      ['POST /flows/', { name: 'zz-too-late' }, 'flow'],
      ['POST /flow_runs/', { flow_id: '$flow.id', name: 'zz-r', state: { type: 'RUNNING' } }, 'run'],
      [
        'POST /flow_runs/$run.id/set_state',
        { state: { type: 'PAUSED', state_details: { pause_timeout: '2020-01-02T03:04:05Z' } } },
      ],
      ['POST /flow_runs/$run.id/set_state', { state: { type } }],
      ['GET /flow_runs/$run.id'],
    ]),
  },
  {
    name: 'a run is no child of a task run that is not there',
    steps: [
      ['POST /flows/', { name: 'zz-orphan' }, 'flow'],
      ['POST /flow_runs/', { flow_id: '$flow.id', parent_task_run_id: UNKNOWN_ID }],
      ['POST /deployments/', { name: 'd', flow_id: '$flow.id' }, 'deployment'],
      ['POST /deployments/$deployment.id/create_flow_run', { parent_task_run_id: UNKNOWN_ID }],
      ['POST /flow_runs/count', { flows: { id: { any_: ['$flow.id'] } } }],
    ],
  },
  {
    name: 'a run without a name, or with an empty one, is given one',
    steps: [
      ['POST /flows/', { name: 'zz-nameless' }, 'flow'],
      ['POST /flow_runs/', { flow_id: '$flow.id', name: '' }, 'run'],
      ['GET /flow_runs/$run.id'],
      ['PATCH /flow_runs/$run.id', { name: 'zz-named' }],
      ['PATCH /flow_runs/$run.id', { name: null }],
      ['GET /flow_runs/$run.id'],
      ['PATCH /flow_runs/$run.id', { name: 'zz-named' }],
      ['PATCH /flow_runs/$run.id', { name: '' }],
      ['GET /flow_runs/$run.id'],
    ],
  },
  {
    name: 'a run that names a deployment has its labels, and no pool that is not there',
    steps: [
      ['POST /flows/', { name: 'zz-labelled', labels: { f: 1 } }, 'flow'],
      ['POST /deployments/', { name: 'd', flow_id: '$flow.id', labels: { d: 2 } }, 'deployment'],
      ['POST /flow_runs/', { flow_id: '$flow.id', deployment_id: '$deployment.id', labels: { r: 3 } }],
      ['POST /flow_runs/', { flow_id: '$flow.id', labels: { r: 3 } }],
      ['POST /flow_runs/', { flow_id: '$flow.id', work_pool_name: 'zz-labelled-nowhere' }],
    ],
  },
  {
    name: 'job variables that an existing deployment is sent replace its own, none too',
    steps: [
      ['POST /flows/', { name: 'zz-variables' }, 'flow'],
      ['POST /deployments/', { name: 'd', flow_id: '$flow.id', job_variables: { a: 1 } }],
      ['POST /deployments/', { name: 'd', flow_id: '$flow.id' }],
      ['POST /deployments/', { name: 'd', flow_id: '$flow.id', job_variables: { b: 2 } }],
      ['POST /deployments/', { name: 'd', flow_id: '$flow.id', job_variables: {} }],
    ],
  },
  {
    name: 'a deployment may have an empty name, and no block that is not there',
    steps: [
      ['POST /flows/', { name: 'zz-empty' }, 'flow'],
      ['POST /deployments/', { name: '', flow_id: '$flow.id' }, 'deployment'],
      ['GET /deployments/$deployment.id'],
      ['POST /deployments/$deployment.id/create_flow_run', SCHEDULED_IN_2030],
      ['PATCH /deployments/$deployment.id', { storage_document_id: UNKNOWN_ID }],
      ['GET /deployments/$deployment.id'],
    ],
  },
];
