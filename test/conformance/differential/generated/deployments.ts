import fc from 'fast-check';
import { IN_2030 } from '../scenario.ts';
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
import { countBody, deploymentFilter, filterBody, paginateBody } from './filters.ts';
import { asDeployment, asRun, DEPLOYMENTS, FLOW_NAMES, FLOWS, flow, pool, queue, runName } from './names.ts';
import { firstState, policy } from './runs.ts';

const SCHEMA = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };
const parameters = pick<unknown>({ n: 1 }, { n: 'one' }, {}, { n: 2, more: [] }, null);
const fields = {
  tags,
  description: text,
  version: text,
  entrypoint: text,
  path: text,
  work_pool_name: fc.oneof(
    { weight: 3, arbitrary: pick<unknown>('zz-pool0') },
    { weight: 1, arbitrary: fc.oneof(pool, pick(null)) },
  ),
  work_queue_name: fc.oneof(queue, pick(null)),
  parameter_openapi_schema: pick<unknown>(SCHEMA, {}, null),
  enforce_parameter_schema: fc.boolean(),
  concurrency_limit: pick<unknown>(1, 2, null, 0),
  concurrency_options: pick<unknown>({ collision_strategy: 'ENQUEUE' }, { collision_strategy: 'CANCEL_NEW' }, null),
  job_variables: pick<unknown>({}, { a: 1 }),
  pull_steps: pick<unknown>([{ 'prefect.deployments.steps.pull_with_block': {} }], [], null),
};

export const deployments: Group = {
  before: [
    ['POST /deployments/', { name: 'zz-d0', flow_id: '$flow0.id', work_pool_name: 'zz-pool0' }, 'deployment0'],
    [
      'POST /deployments/$deployment0.id/create_flow_run',
      { name: 'zz-r0', state: { type: 'SCHEDULED', state_details: { scheduled_time: IN_2030 } } },
      'run0',
    ],
  ],
  operations: nowAndThenSpoiled(
    fc.oneof(
      step(
        'POST /deployments/',
        body(
          { name: pick('zz-d0', 'zz-d1', 'zz-d/2'), flow_id: idOf(FLOWS) },
          {
            ...fields,
            paused: fc.boolean(),
            parameters: pick<unknown>({}, { n: 5 }, { n: 'x' }),
            labels: some({ zz: text }),
          },
        ),
        asDeployment,
      ),
      step(call('GET /deployments/{}', idOf(DEPLOYMENTS))),
      step(call('GET /deployments/name/{}/{}', flow, pick('zz-d0', 'zz-d1'))),
      step(
        call('PATCH /deployments/{}', idOf(DEPLOYMENTS)),
        some({ ...fields, paused: fc.boolean(), parameters: pick<unknown>({ n: 7 }, { n: 'x' }, {}) }),
      ),
      step(call('POST /deployments/{}/pause_deployment', idOf(DEPLOYMENTS))),
      step(call('POST /deployments/{}/resume_deployment', idOf(DEPLOYMENTS))),
      step(call('DELETE /deployments/{}', idOf(DEPLOYMENTS))),
      step(
        call('POST /deployments/{}/create_flow_run', idOf(DEPLOYMENTS)),
        body(
          { state: firstState, name: runName },
          {
            tags,
            parameters,
            empirical_policy: policy,
            enforce_parameter_schema: fc.boolean(),
            job_variables: pick<unknown>({ a: 2 }, null),
            work_queue_name: queue,
            labels: some({ zz: text }),
          },
        ),
        asRun,
      ),
      step('POST /deployments/filter', filterBody('deployments', 'NAME_ASC', 'NAME_DESC', 'ZZ_NONE')),
      step('POST /deployments/paginate', paginateBody('deployments', 'NAME_ASC', 'NAME_DESC')),
      step('POST /deployments/count', countBody('deployments')),
      step(
        'POST /deployments/filter',
        deploymentFilter.map((deployments) => ({
          deployments,
          flows: { name: { any_: FLOW_NAMES } },
          sort: 'NAME_ASC',
        })),
      ),
      step(
        'POST /deployments/bulk_delete',
        body({ deployments: fc.record({ id: pick({ any_: ['$deployment1.id'] }) }) }, { limit: wholeNumber }),
      ),
    ),
  ),
  after: [
    ['GET /deployments/$deployment0.id'],
    ['GET /deployments/$deployment1.id'],
    ['POST /deployments/count', { flows: { name: { any_: FLOW_NAMES } } }],
  ],
};

const slug = pick<unknown>('zz-slug0', 'zz-slug1', null);
const schedule = pick<unknown>(
  { cron: '0 0 1 1 *', timezone: 'UTC' },
  { interval: 86_400, anchor_date: IN_2030 },
  { rrule: 'FREQ=YEARLY;COUNT=3' },
  { cron: 'never' },
  { interval: 0 },
  { rrule: 'zz' },
  {},
);
const scheduleFields = {
  active: fc.boolean(),
  slug,
  max_scheduled_runs: pick<unknown>(1, 50, 51, 0, null),
  parameters: pick<unknown>({}, { n: 1 }, { n: 'x' }),
};
const SCHEDULES = pick('$schedules0.0', '$schedules1.0');

/** Schedules as parts of a deployment and by themselves. The deployment rests, so that nothing is scheduled while it is played. */
export const schedules: Group = {
  before: [
    ['POST /deployments/', { name: 'zz-d1', flow_id: '$flow0.id', paused: true }, 'deployment1'],
    [
      'POST /deployments/$deployment1.id/schedules',
      [{ schedule: { cron: '0 0 1 1 *' }, slug: 'zz-slug0', active: false }],
      'schedules0',
    ],
  ],
  operations: nowAndThenSpoiled(
    fc.oneof(
      step(
        fc.constant('POST /deployments/$deployment1.id/schedules'),
        fc.array(body({ schedule }, scheduleFields), { maxLength: 2 }),
        pick('schedules1'),
      ),
      step(call('GET /deployments/{}/schedules', idOf(pick('$deployment1')))),
      step(
        call('PATCH /deployments/$deployment1.id/schedules/{}', idOf(SCHEDULES)),
        some({ schedule, ...scheduleFields }),
      ),
      step(call('DELETE /deployments/$deployment1.id/schedules/{}', idOf(SCHEDULES))),
      step(
        fc.constant('PATCH /deployments/$deployment1.id'),
        fc.record({ schedules: fc.array(some({ schedule, ...scheduleFields, replaces: slug }), { maxLength: 2 }) }),
      ),
    ),
  ),
  after: [['GET /deployments/$deployment1.id'], ['GET /deployments/$deployment1.id/schedules']],
};
