import fc from 'fast-check';
import { STATE_TYPES } from '../../../../shared/domain/states.ts';
import { IN_2030, type Step, UNKNOWN_ID } from '../scenario.ts';
import {
  body,
  call,
  type Group,
  idOf,
  nowAndThenSpoiled,
  pick,
  some,
  step,
  tags,
  text,
  wholeNumber,
} from './drawing.ts';
import { countBody, filterBody, flowRunFilter, paginateBody, taskRunFilter } from './filters.ts';
import { asRun, asTask, FLOW_NAMES, FLOWS, RUNS, runName, TASKS } from './names.ts';

export const state = body(
  { type: fc.oneof({ weight: 20, arbitrary: pick<string>(...STATE_TYPES) }, { weight: 1, arbitrary: pick('ASLEEP') }) },
  {
    name: pick('Late', 'Retrying', 'AwaitingRetry', 'Suspended', 'Named'),
    message: text,
    state_details: body(
      // Without a time in the future a run would become late while it is played.
      { scheduled_time: fc.constant(IN_2030) },
      {
        pause_timeout: fc.constant(IN_2030),
        pause_reschedule: fc.boolean(),
        pause_key: pick('1', '2'),
        transition_id: pick(UNKNOWN_ID, '11111111-1111-4111-8111-111111111111'),
      },
    ),
  },
);
const scheduled = fc.constant({ type: 'SCHEDULED', state_details: { scheduled_time: IN_2030 } });
export const firstState = fc.oneof({ weight: 3, arbitrary: scheduled }, { weight: 2, arbitrary: state });
const setState = body({ state }, { force: fc.boolean() });
export const policy = some({ retries: pick(0, 1, 2), retry_delay: pick(0, 30) });
const within = { flows: { name: { any_: FLOW_NAMES } }, sort: 'NAME_ASC' };
const RUN_SORTS = ['NAME_ASC', 'NAME_DESC', 'EXPECTED_START_TIME_ASC', 'END_TIME_DESC', 'ZZ_NONE'];
const inputKey = pick('zz-in', 'zz_in1', 'zz in');

export const flowRuns: Group = {
  before: [['POST /flow_runs/', { name: 'zz-r1', flow_id: '$flow0.id', state: { type: 'RUNNING' } }, 'run1']],
  operations: nowAndThenSpoiled(
    fc.oneof(
      step(
        'POST /flow_runs/',
        body(
          { flow_id: idOf(FLOWS), state: firstState, name: runName },
          {
            tags,
            parameters: pick({}, { a: [1, { b: null }] }),
            empirical_policy: policy,
            parent_task_run_id: TASKS.map((name) => `${name}.id`),
            idempotency_key: pick('zz-key'),
            labels: some({ zz: text }),
          },
        ),
        asRun,
      ),
      step(call('GET /flow_runs/{}', idOf(RUNS))),
      step(
        call('PATCH /flow_runs/{}', idOf(RUNS)),
        some({
          name: pick('zz-r8', 'zz-r9'),
          tags,
          flow_version: text,
          infrastructure_pid: text,
          empirical_policy: policy,
          job_variables: pick<unknown>({ a: 1 }, null),
          parameters: pick<unknown>({ b: 2 }),
        }),
      ),
      step(call('PATCH /flow_runs/{}/labels', idOf(RUNS)), some({ zz: text, more: fc.boolean() })),
      step(call('POST /flow_runs/{}/resume', idOf(RUNS)), some({ run_input: pick<unknown>({ a: 1 }, null) })),
      step(call('DELETE /flow_runs/{}', idOf(RUNS))),
      step(call('GET /flow_run_states/?flow_run_id={}', idOf(RUNS))),
      step(call('GET /flow_runs/{}/graph-v2', idOf(RUNS))),
      step(call('GET /flow_runs/{}/graph', idOf(RUNS))),
      step(
        call('POST /flow_runs/{}/input', idOf(RUNS)),
        body({ key: inputKey, value: pick('1', '{"a": 1}', '{') }, { sender: text }),
      ),
      step(
        call('POST /flow_runs/{}/input/filter', idOf(RUNS)),
        body({ prefix: pick('zz', 'no') }, { limit: wholeNumber, exclude_keys: fc.subarray(['zz-in']) }),
      ),
      step(call('GET /flow_runs/{}/input/{}', idOf(RUNS), inputKey.map(encodeURIComponent))),
      step(call('DELETE /flow_runs/{}/input/{}', idOf(RUNS), inputKey.map(encodeURIComponent))),
    ),
  ),
  after: ['$run0', '$run1', '$run2'].flatMap((run): Step[] => [
    [`GET /flow_runs/${run}.id`],
    [`GET /flow_run_states/?flow_run_id=${run}.id`],
  ]),
};

/** Transitions have a group of their own: they are what most depends on what came before. */
export const transitions: Group = {
  operations: nowAndThenSpoiled(step(call('POST /flow_runs/{}/set_state', idOf(RUNS)), setState)),
};

/** One run at a time: ids, by which Prefect orders them, say nothing of who was first. Not spoiled, or they were about every run there is. */
const bulk = fc.oneof(
  step(
    'POST /flow_runs/bulk_delete',
    body(
      { flow_runs: fc.record({ id: fc.record({ any_: pick(['$run0.id'], ['$run2.id']) }) }) },
      { limit: wholeNumber },
    ),
  ),
  step(
    'POST /flow_runs/bulk_set_state',
    body(
      { flow_runs: fc.record({ id: fc.record({ any_: pick(['$run0.id'], ['$run1.id'], [UNKNOWN_ID]) }) }), state },
      { limit: wholeNumber, force: fc.boolean() },
    ),
  ),
);
const lists = fc.oneof(
  step('POST /flow_runs/filter', filterBody('flow_runs', ...RUN_SORTS)),
  step('POST /flow_runs/paginate', paginateBody('flow_runs', ...RUN_SORTS)),
  step('POST /flow_runs/count', countBody('flow_runs')),
  step(
    'POST /flow_runs/filter',
    flowRunFilter.map((flow_runs) => ({ flow_runs, ...within })),
  ),
  step(
    'POST /flow_runs/lateness',
    flowRunFilter.map((flow_runs) => ({ flow_runs, flows: within.flows })),
  ),
  step('POST /task_runs/filter', filterBody('task_runs', 'NAME_ASC', 'NAME_DESC', 'ZZ_NONE')),
  step('POST /task_runs/paginate', paginateBody('task_runs', 'NAME_ASC')),
  step('POST /task_runs/count', countBody('task_runs')),
  step(
    'POST /task_runs/filter',
    taskRunFilter.map((task_runs) => ({ task_runs, ...within })),
  ),
);

/** Many runs at once, and lists of them. */
export const manyRuns: Group = {
  operations: fc.oneof({ weight: 1, arbitrary: bulk }, { weight: 3, arbitrary: nowAndThenSpoiled(lists) }),
  after: [['POST /flow_runs/count', { flows: { name: { any_: FLOW_NAMES } } }]],
};

export const taskRuns: Group = {
  before: [
    ['POST /task_runs/', { flow_run_id: '$run1.id', task_key: 'zz.task', dynamic_key: '0', name: 'zz-t0' }, 'task0'],
  ],
  operations: nowAndThenSpoiled(
    fc.oneof(
      step(
        'POST /task_runs/',
        body(
          { flow_run_id: idOf(RUNS), task_key: fc.constant('zz.task'), dynamic_key: pick('0', '1') },
          {
            name: pick('zz-t0', 'zz-t1'),
            state,
            tags,
            empirical_policy: policy,
            cache_key: text,
            task_inputs: pick<unknown>({ a: [{ input_type: 'constant', type: 'int' }] }, {}),
          },
        ),
        asTask,
      ),
      step(call('POST /task_runs/{}/set_state', idOf(TASKS)), setState),
      step(call('GET /task_runs/{}', idOf(TASKS))),
      step(call('GET /task_run_states/?task_run_id={}', idOf(TASKS))),
      step(call('PATCH /task_runs/{}', idOf(TASKS)), some({ name: pick('zz-t8', 'ünïcödé ✓') })),
      step(call('DELETE /task_runs/{}', idOf(pick('$task1')))),
    ),
  ),
  after: [['GET /task_runs/$task0.id'], ['GET /task_runs/$task1.id'], ['GET /task_run_states/?task_run_id=$task0.id']],
};
