import { IN_2030, type Scenario, UNKNOWN_ID } from '../../scenario.ts';

const OTHER_ID = '00000000-0000-4000-8000-000000000001';

const TEMPLATE = {
  job_configuration: { size: '{{ size }}' },
  variables: { type: 'object', properties: { size: { type: 'integer', default: 1 } }, required: ['size'] },
};

/** What Prefect's own tests of lists, variables and job variables expect, where the other scenarios do not ask. */
export const LISTS_AND_VALUES: readonly Scenario[] = [
  {
    name: 'what is looked for in logs is no longer than 200 characters',
    steps: [200, 201].map(
      (length) => ['POST /logs/filter', { logs: { text: { query: 'x'.repeat(length) } } }] as const,
    ),
  },
  {
    name: 'logs are read without naming a flow run',
    steps: [
      [
        'POST /logs/',
        [
          { name: 'zz', level: 20, message: 'of a run', timestamp: '2031-01-01T00:00:02Z', flow_run_id: UNKNOWN_ID },
          { name: 'zz', level: 40, message: 'of another', timestamp: '2031-01-01T00:00:01Z', flow_run_id: OTHER_ID },
          { name: 'zz', level: 50, message: 'of a run', timestamp: '2031-01-01T00:00:00Z', flow_run_id: UNKNOWN_ID },
        ],
      ],
      ...[{}, { sort: 'TIMESTAMP_DESC' }, { limit: 1, offset: 1 }].map(
        (more) => ['POST /logs/filter', { logs: { timestamp: { after_: '2031-01-01T00:00:00Z' } }, ...more }] as const,
      ),
      ['POST /logs/filter', { logs: { level: { ge_: 50 }, timestamp: { after_: '2031-01-01T00:00:00Z' } } }],
    ],
  },
  {
    name: 'flows and deployments are found by the task runs of their runs',
    steps: [
      ['POST /flows/', { name: 'zz-by-task' }, 'flow'],
      ['POST /deployments/', { name: 'd', flow_id: '$flow.id' }, 'deployment'],
      ['POST /deployments/$deployment.id/create_flow_run', { name: 'zz-r', state: { type: 'RUNNING' } }, 'run'],
      ['POST /task_runs/', { flow_run_id: '$run.id', task_key: 't', dynamic_key: '0', name: 'zz-t' }, 'task'],
      ...(['flows', 'deployments'] as const).flatMap((kind) => [
        [`POST /${kind}/filter`, { task_runs: { id: { any_: ['$task.id'] } } }] as const,
        [`POST /${kind}/count`, { task_runs: { id: { any_: [UNKNOWN_ID] } } }] as const,
        [
          `POST /${kind}/count`,
          { task_runs: { id: { any_: ['$task.id'] } }, flow_runs: { name: { any_: ['zz-r'] } } },
        ] as const,
        [
          `POST /${kind}/count`,
          { task_runs: { name: { any_: ['zz-t'] } }, flows: { name: { any_: ['zz-by-task'] } } },
        ] as const,
        [
          `POST /${kind}/count`,
          { task_runs: { name: { any_: ['zz-other'] } }, flows: { name: { any_: ['zz-by-task'] } } },
        ] as const,
      ]),
    ],
  },
  {
    name: 'artifacts without a key come before the others by key',
    steps: [
      ['POST /flows/', { name: 'zz-keyless' }, 'flow'],
      ['POST /flow_runs/', { flow_id: '$flow.id', name: 'zz-r' }, 'run'],
      ['POST /artifacts/', { flow_run_id: '$run.id', key: 'zz-keyed', data: 1 }],
      ['POST /artifacts/', { flow_run_id: '$run.id', data: 2 }],
      ['POST /artifacts/filter', { artifacts: { flow_run_id: { any_: ['$run.id'] } }, sort: 'KEY_ASC' }],
      ['POST /artifacts/filter', { artifacts: { flow_run_id: { any_: ['$run.id'] } }, sort: 'KEY_DESC' }],
    ],
  },
  {
    name: "an artifact's metadata are cut by characters, however many bytes they have",
    steps: [499, 500, 501].flatMap((length) => [
      ['POST /artifacts/', { key: 'zz-cut', metadata_: { a: '🚀'.repeat(length), b: 'x'.repeat(length) } }, 'artifact'],
      ['GET /artifacts/$artifact.id'],
    ]),
  },
  {
    name: 'a variable keeps its tags',
    steps: [
      ['POST /variables/', { name: 'zz_kept', value: 1, tags: ['a'] }, 'variable'],
      ['PATCH /variables/$variable.id', { name: 'zz_kept', value: null, tags: null }],
      ['GET /variables/$variable.id'],
    ],
  },
  {
    name: 'a scheduled run takes no job variables that its pool refuses',
    steps: [
      ['POST /flows/', { name: 'zz-resized' }, 'flow'],
      ['POST /work_pools/', { name: 'zz-resized', type: 'process', base_job_template: TEMPLATE }],
      ['POST /deployments/', { name: 'd', flow_id: '$flow.id', work_pool_name: 'zz-resized' }, 'deployment'],
      [
        'POST /deployments/$deployment.id/create_flow_run',
        { state: { type: 'SCHEDULED', state_details: { scheduled_time: IN_2030 } } },
        'run',
      ],
      ['PATCH /flow_runs/$run.id', { job_variables: { size: 'big' } }],
      ['PATCH /flow_runs/$run.id', { job_variables: { size: 2 } }],
      ['GET /flow_runs/$run.id'],
    ],
  },
  {
    name: 'what is no boolean in a query is said to be none',
    steps: [[`GET /block_documents/${UNKNOWN_ID}?include_secrets=maybe`]],
  },
];
