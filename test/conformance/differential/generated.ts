import fc from 'fast-check';
import { STATE_TYPES } from '../../../shared/domain/states.ts';
import { IN_2030, type Scenario, type Step, UNKNOWN_ID } from './scenario.ts';

/**
 * Sequences of operations, sensible and senseless, over a small world: two flows, pools and deployments, three runs and so on,
 * so that the operations meet. Names begin with `zz-` or `zz_`; `inWorld` gives each playing its own.
 */

const pick = <T>(...values: T[]) => fc.constantFrom(...values);
const tags = fc.subarray(['zz-red', 'zz-blue']);
const text = pick('', 'plain', 'ünïcödé ✓', "it's");
/** A value for a whole number, which is one most of the time. */
const wholeNumber = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 4 }) },
  { weight: 1, arbitrary: pick<unknown>(-1, null, 'three', 1.5, '2', true) },
);

/** Fields of which each may be left out. */
const some = (shape: Record<string, fc.Arbitrary<unknown>>) => fc.record(shape, { requiredKeys: [] });
const body = (required: Record<string, fc.Arbitrary<unknown>>, optional: Record<string, fc.Arbitrary<unknown>> = {}) =>
  fc.record({ ...required, ...optional }, { requiredKeys: Object.keys(required) });
/** An operation: the call may draw as well as the body. */
const step = (call: fc.Arbitrary<string> | string, given?: fc.Arbitrary<unknown>, as?: fc.Arbitrary<string>) =>
  fc
    .tuple(typeof call === 'string' ? fc.constant(call) : call, given ?? fc.constant(undefined), as ?? fc.constant(''))
    .map(([call, body, as]): Step => (as === '' ? [call, body] : [call, body, as]));

const flow = pick('zz-flow0', 'zz-flow1');
const pool = pick('zz-pool0', 'zz-pool1', 'zz-nowhere');
const queue = pick('default', 'zz-queue0', 'zz-queue1');
const variable = pick('zz_var0', 'zz_var1', 'Zz Var');
const limit = pick('zz-limit0', 'zz-limit1');
const FLOWS = pick('$flow0', '$flow1');
const DEPLOYMENTS = pick('$deployment0', '$deployment1');
const RUNS = pick('$run0', '$run1', '$run2');
const TASKS = pick('$task0', '$task1');
const aliased = (names: fc.Arbitrary<string>) => names.map((name) => name.slice(1));

const state = body(
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
const firstState = fc.oneof({ weight: 3, arbitrary: scheduled }, { weight: 2, arbitrary: state });
const setState = body({ state }, { force: fc.boolean() });

const SCHEMA = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };
const parameters = pick<unknown>({ n: 1 }, { n: 'one' }, {}, { n: 2, more: [] }, null);
const policy = some({ retries: pick(0, 1, 2), retry_delay: pick(0, 30) });

const flowsAndPools = fc.oneof(
  step('POST /flows/', body({ name: flow }, { tags }), aliased(FLOWS)),
  step(flow.map((name) => `GET /flows/name/${name}`)),
  step(
    'POST /flows/filter',
    body(
      { flows: fc.record({ name: fc.record({ any_: fc.subarray(['zz-flow0', 'zz-flow1']) }) }) },
      { limit: wholeNumber },
    ),
  ),
  step('POST /work_pools/', body({ name: pool, type: fc.constant('process') }, { concurrency_limit: wholeNumber })),
  step(
    pool.map((name) => `PATCH /work_pools/${name}`),
    some({ is_paused: fc.boolean(), concurrency_limit: wholeNumber }),
  ),
  step(pool.map((name) => `GET /work_pools/${name}`)),
  step(
    pool.map((name) => `POST /work_pools/${name}/queues`),
    body({ name: queue }, { priority: wholeNumber }),
  ),
  step(
    fc.tuple(pool, queue).map(([owner, name]) => `PATCH /work_pools/${owner}/queues/${name}`),
    some({ is_paused: fc.boolean(), priority: wholeNumber, concurrency_limit: wholeNumber, description: text }),
  ),
  step(fc.tuple(pool, queue).map(([owner, name]) => `GET /work_pools/${owner}/queues/${name}`)),
  step(
    pool.map((name) => `POST /work_pools/${name}/queues/filter`),
    fc.constant({}),
  ),
  step(
    pool.map((name) => `POST /work_pools/${name}/get_scheduled_flow_runs`),
    body(
      { scheduled_before: fc.constant('2031-01-01T00:00:00Z') },
      { work_queue_names: fc.subarray(['default', 'zz-queue0']) },
    ),
  ),
);

const deployments = fc.oneof(
  step(
    'POST /deployments/',
    body(
      { name: pick('zz-d0', 'zz-d1'), flow_id: FLOWS.map((name) => `${name}.id`), paused: fc.boolean() },
      {
        tags,
        description: text,
        work_pool_name: pool,
        parameters: pick<unknown>({}, { n: 5 }),
        parameter_openapi_schema: fc.constant(SCHEMA),
        enforce_parameter_schema: fc.boolean(),
      },
    ),
    aliased(DEPLOYMENTS),
  ),
  step(DEPLOYMENTS.map((name) => `GET /deployments/${name}.id`)),
  step(
    DEPLOYMENTS.map((name) => `PATCH /deployments/${name}.id`),
    some({ description: text, tags, paused: fc.boolean(), parameters: pick({ n: 7 }, { n: 'x' }), version: text }),
  ),
  step(DEPLOYMENTS.map((name) => `POST /deployments/${name}.id/pause_deployment`)),
  step(DEPLOYMENTS.map((name) => `POST /deployments/${name}.id/resume_deployment`)),
  step(DEPLOYMENTS.map((name) => `DELETE /deployments/${name}.id`)),
  step(
    DEPLOYMENTS.map((name) => `POST /deployments/${name}.id/create_flow_run`),
    body({ state: firstState, name: pick('zz-r0', 'zz-r1') }, { tags, parameters, empirical_policy: policy }),
    aliased(RUNS),
  ),
);

const runs = fc.oneof(
  step(
    'POST /flow_runs/',
    body(
      { flow_id: FLOWS.map((name) => `${name}.id`), state: firstState, name: pick('zz-r0', 'zz-r1') },
      {
        tags,
        parameters: pick({}, { a: [1, { b: null }] }),
        empirical_policy: policy,
        parent_task_run_id: TASKS.map((name) => `${name}.id`),
      },
    ),
    aliased(RUNS),
  ),
  step(RUNS.map((name) => `GET /flow_runs/${name}.id`)),
  step(
    RUNS.map((name) => `PATCH /flow_runs/${name}.id`),
    some({
      name: pick('zz-r8', 'zz-r9'),
      tags,
      flow_version: text,
      infrastructure_pid: text,
      empirical_policy: policy,
    }),
  ),
  step(
    RUNS.map((name) => `PATCH /flow_runs/${name}.id/labels`),
    some({ zz: text, more: fc.boolean() }),
  ),
  step(
    RUNS.map((name) => `POST /flow_runs/${name}.id/resume`),
    fc.constant({}),
  ),
  step(RUNS.map((name) => `DELETE /flow_runs/${name}.id`)),
  step(RUNS.map((name) => `GET /flow_run_states/?flow_run_id=${name}.id`)),
);
const runStates = step(
  RUNS.map((name) => `POST /flow_runs/${name}.id/set_state`),
  setState,
);

const taskRuns = fc.oneof(
  step(
    'POST /task_runs/',
    body(
      { flow_run_id: RUNS.map((name) => `${name}.id`), task_key: fc.constant('zz.task'), dynamic_key: pick('0', '1') },
      { name: pick('zz-t0', 'zz-t1'), state, tags, empirical_policy: policy },
    ),
    aliased(TASKS),
  ),
  step(
    TASKS.map((name) => `POST /task_runs/${name}.id/set_state`),
    setState,
  ),
  step(TASKS.map((name) => `GET /task_runs/${name}.id`)),
  step(
    TASKS.map((name) => `PATCH /task_runs/${name}.id`),
    some({ name: pick('zz-t8', 'ünïcödé ✓') }),
  ),
);

const value = pick<unknown>(1, 'x', null, { a: [1, 2.5] }, []);
const variablesAndLimits = fc.oneof(
  step('POST /variables/', body({ name: variable }, { value, tags })),
  step(
    variable.map((name) => `PATCH /variables/name/${encodeURIComponent(name)}`),
    some({ value, tags }),
  ),
  step(variable.map((name) => `GET /variables/name/${encodeURIComponent(name)}`)),
  step(variable.map((name) => `DELETE /variables/name/${encodeURIComponent(name)}`)),
  step('POST /v2/concurrency_limits/', body({ name: limit, limit: wholeNumber }, { active: fc.boolean() })),
  step(
    pick('increment', 'decrement').map((verb) => `POST /v2/concurrency_limits/${verb}`),
    body({ names: fc.subarray(['zz-limit0', 'zz-limit1']), slots: wholeNumber }),
  ),
  step(
    limit.map((name) => `PATCH /v2/concurrency_limits/${name}`),
    some({ limit: wholeNumber, active: fc.boolean() }),
  ),
  step(limit.map((name) => `GET /v2/concurrency_limits/${name}`)),
  step(limit.map((name) => `DELETE /v2/concurrency_limits/${name}`)),
);

const BEFORE: readonly Step[] = [
  ['POST /flows/', { name: 'zz-flow0' }, 'flow0'],
  ['POST /work_pools/', { name: 'zz-pool0', type: 'process' }],
  ['POST /deployments/', { name: 'zz-d0', flow_id: '$flow0.id', work_pool_name: 'zz-pool0' }, 'deployment0'],
  [
    'POST /deployments/$deployment0.id/create_flow_run',
    { name: 'zz-r0', state: { type: 'SCHEDULED', state_details: { scheduled_time: IN_2030 } } },
    'run0',
  ],
  ['POST /flow_runs/', { name: 'zz-r1', flow_id: '$flow0.id', state: { type: 'RUNNING' } }, 'run1'],
  ['POST /task_runs/', { flow_run_id: '$run1.id', task_key: 'zz.task', dynamic_key: '0', name: 'zz-t0' }, 'task0'],
];
/** The world as it is in the end. */
const AFTER: readonly Step[] = [
  ...['$run0', '$run1', '$run2'].flatMap((run): Step[] => [
    [`GET /flow_runs/${run}.id`],
    [`GET /flow_run_states/?flow_run_id=${run}.id`],
  ]),
  ['GET /task_runs/$task0.id'],
  ['GET /task_runs/$task1.id'],
  ['GET /deployments/$deployment0.id'],
  ['GET /deployments/$deployment1.id'],
  ['GET /work_pools/zz-pool0'],
  ['POST /work_pools/zz-pool0/queues/filter', {}],
  ['POST /flow_runs/count', { flows: { name: { any_: ['zz-flow0', 'zz-flow1'] } } }],
  ['GET /v2/concurrency_limits/zz-limit0'],
];

const operation = fc.oneof(
  { weight: 3, arbitrary: flowsAndPools },
  { weight: 3, arbitrary: deployments },
  { weight: 3, arbitrary: runs },
  { weight: 4, arbitrary: runStates },
  { weight: 2, arbitrary: taskRuns },
  { weight: 2, arbitrary: variablesAndLimits },
);

/** What is played between the same beginning and the same look at the end. */
export const operations: fc.Arbitrary<Step[]> = fc
  .array(operation, { minLength: 5, maxLength: 20, size: 'max' })
  .map((steps) => (steps.some(cancelsRun) ? withoutChildren(steps) : steps));

/**
 * What a cancelled run left running is cancelled: here at once, by Prefect's server in a service that runs every so often and not at
 * all where it is compared. So a sequence that cancels a run does without children of runs.
 */
const cancelsRun = ([call, body]: Step): boolean =>
  call.includes('flow_run') && JSON.stringify(body ?? null).includes('"type":"CANCELLED"');
const withoutChildren = (steps: readonly Step[]): Step[] =>
  steps
    .filter(([call]) => !call.includes('/task_runs/'))
    .map(([call, body, ...as]): Step => {
      if (typeof body !== 'object' || body === null) return [call, body, ...as];
      const { parent_task_run_id: _, ...rest } = body as Record<string, unknown>;
      return [call, rest, ...as];
    });

let worlds = 0;

/** The operations in a world of their own: servers keep what earlier worlds left behind. */
export function inWorld(steps: readonly Step[]): Scenario {
  worlds++;
  const played = [...BEFORE, ...steps, ...AFTER];
  const whole = steps.some(cancelsRun) ? withoutChildren(played) : played;
  const all = JSON.stringify(whole.map((one) => one.map((part) => part ?? null)));
  const named = all.replaceAll('zz-', `zz-${worlds}-`).replaceAll('zz_', `zz_${worlds}_`);
  const parsed = JSON.parse(named) as [string, unknown, string | undefined][];
  return { name: 'generated', steps: parsed.map(([call, body, as]) => [call, body ?? undefined, as]) };
}
