import { type Scenario, UNKNOWN_ID } from '../scenario.ts';

const TIME = '2026-01-02T03:04:05.678901Z';

const LINE = { name: 'prefect.flow_runs', level: 20, message: 'first', timestamp: TIME, flow_run_id: '$run.id' };

export const TASK_RUNS: readonly Scenario[] = [
  {
    name: 'task runs by REST and their subflow',
    steps: [
      ['POST /flows/', { name: 'zz-tasks' }, 'flow'],
      ['POST /flow_runs/', { flow_id: '$flow.id', name: 'parent', state: { type: 'RUNNING' } }, 'run'],
      [
        'POST /task_runs/',
        {
          flow_run_id: '$run.id',
          task_key: 'sub',
          dynamic_key: '0',
          name: 'sub-0',
          state: { type: 'PENDING' },
          tags: ['t'],
        },
        'task',
      ],
      ['POST /task_runs/', { flow_run_id: '$run.id', task_key: 'sub', dynamic_key: '0' }],
      ['GET /task_runs/$task.id'],
      [`GET /task_runs/${UNKNOWN_ID}`],
      ['POST /task_runs/', { task_key: 'sub' }],
      [
        'POST /flow_runs/',
        { flow_id: '$flow.id', name: 'child', parent_task_run_id: '$task.id', state: { type: 'PENDING' } },
        'child',
      ],
      ['GET /task_runs/$task.id'],
      ['POST /flow_runs/$child.id/set_state', { state: { type: 'RUNNING' } }],
      ['GET /task_runs/$task.id'],
      ['POST /flow_runs/$child.id/set_state', { state: { type: 'COMPLETED', message: 'well' } }],
      ['GET /task_runs/$task.id'],
      ['GET /task_run_states/?task_run_id=$task.id'],
      ['POST /task_runs/filter', { task_runs: { flow_run_id: { any_: ['$run.id'] } }, sort: 'NAME_ASC' }],
      [
        'POST /task_runs/filter',
        { task_runs: { subflow_runs: { exists_: true } }, flow_runs: { id: { any_: ['$run.id'] } } },
      ],
      ['POST /task_runs/filter', { task_runs: { colour: {} } }],
      [
        'POST /task_runs/count',
        { task_runs: { state: { type: { any_: ['COMPLETED'] } } }, flow_runs: { id: { any_: ['$run.id'] } } },
      ],
      ['POST /flow_runs/filter', { flow_runs: { parent_task_run_id: { any_: ['$task.id'] } } }],
      ['POST /flow_runs/filter', { flow_runs: { parent_flow_run_id: { any_: ['$run.id'] } } }],
      ['POST /task_runs/$task.id/set_state', { state: { type: 'CRASHED' } }],
      [
        'POST /task_runs/',
        { flow_run_id: '$run.id', task_key: 't', dynamic_key: '1', state: { type: 'PENDING' } },
        'second',
      ],
      ['POST /task_runs/$second.id/set_state', { state: { type: 'RUNNING' } }],
      ['POST /task_runs/$second.id/set_state', { state: { type: 'FAILED', message: 'x' } }],
      [`POST /task_runs/${UNKNOWN_ID}/set_state`, { state: { type: 'RUNNING' } }],
    ],
  },
  {
    name: 'logs are kept and found',
    steps: [
      ['POST /flows/', { name: 'zz-logs' }, 'flow'],
      ['POST /flow_runs/', { flow_id: '$flow.id', state: { type: 'RUNNING' } }, 'run'],
      [
        'POST /logs/',
        [
          LINE,
          {
            name: 'prefect.flow_runs',
            level: 40,
            message: 'second\nline ✓',
            timestamp: '2026-01-02T03:04:06Z',
            flow_run_id: '$run.id',
            task_run_id: null,
          },
        ],
      ],
      ['POST /logs/', []],
      ['POST /logs/', {}],
      ['POST /logs/', [{ message: 'no level' }]],
      [
        'POST /logs/filter',
        { logs: { flow_run_id: { any_: ['$run.id'] } }, sort: 'TIMESTAMP_ASC', limit: 200, offset: 0 },
      ],
      [
        'POST /logs/filter',
        { logs: { flow_run_id: { any_: ['$run.id'] }, level: { ge_: 30 } }, sort: 'TIMESTAMP_DESC' },
      ],
      ['POST /logs/filter', { logs: { flow_run_id: { any_: ['$run.id'] }, timestamp: { before_: TIME } } }],
      [
        'POST /logs/filter',
        { logs: { flow_run_id: { any_: ['$run.id'] }, task_run_id: { is_null_: true } }, limit: 1, offset: 1 },
      ],
      ['POST /logs/', [{ ...LINE, worker_id: null }]],
      ['POST /logs/filter', { logs: { colour: {} } }],
      ['POST /logs/filter', { limit: 201 }],
    ],
  },
];
