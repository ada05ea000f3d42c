import fc from 'fast-check';
import { IN_2030, UNKNOWN_ID } from '../scenario.ts';
import { body, call, type Group, idOf, nowAndThenSpoiled, pick, some, step, wholeNumber } from './drawing.ts';
import { FLOW_NAMES } from './names.ts';

const within = { flows: fc.constant({ name: { any_: FLOW_NAMES } }) };
const SEARCHES = pick('$search0', '$search1');
const search = fc.record({
  object: pick('flow', 'run'),
  property: pick('name'),
  type: pick('string'),
  operation: pick('equals'),
  value: pick<unknown>('x', 1, null, [1]),
});
const template = pick('', 'plain', '{{ event.id }}', '{{ oops', '{% if x %}a{% endif %}', '{% for %}', '{{ x | zz }}');
const history = {
  history_start: fc.constant('2030-01-02T00:00:00Z'),
  history_end: pick('2030-01-02T06:00:00Z', IN_2030),
  history_interval_seconds: pick<unknown>(3600, 7200, 0.5, 'hour'),
};
const VALIDATED = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };

/**
 * Never spoiled, so that they ask for what they shall: for events of nobody, since those of this world are stored by a service of
 * Prefect's that does not run where it is compared; and for lines of one run, as only Prefect lists those of all together.
 */
const eventsAndLogs = fc.oneof(
  step(
    'POST /logs/filter',
    fc.record({
      logs: body(
        { flow_run_id: fc.constant({ any_: ['$run1.id'] }) },
        {
          level: some({ ge_: wholeNumber, le_: wholeNumber }),
        },
      ),
      sort: pick('TIMESTAMP_ASC', 'TIMESTAMP_DESC', 'ZZ'),
    }),
  ),
  step(
    'POST /events/filter',
    body(
      {
        filter: body(
          { event: fc.constant({ name: ['zz.none'] }) },
          {
            occurred: some({ since: pick(IN_2030, 'then'), until: pick(IN_2030) }),
            order: pick('ASC', 'DESC', 'UP'),
            resource: some({ id: pick(['zz']), distinct: fc.boolean() }),
            colour: pick('red'),
          },
        ),
      },
      { limit: pick<unknown>(0, 51, 'x') },
    ),
  ),
  step(
    call('POST /events/count-by/{}', pick('day', 'time', 'event', 'resource', 'colour')),
    body(
      {
        filter: fc.record({
          occurred: fc.constant({ since: '2030-01-01T00:00:00Z', until: '2030-01-03T00:00:00Z' }),
          event: fc.constant({ name: ['zz.none'] }),
        }),
      },
      { time_unit: pick('hour', 'day', 'zz'), time_interval: pick<unknown>(1, 0.001, 6) },
    ),
  ),
);

/** What web pages ask for: counts, histories, saved searches, and whether a template or a form's values are right. */
export const pages: Group = {
  operations: fc.oneof(
    { weight: 1, arbitrary: eventsAndLogs },
    {
      weight: 6,
      arbitrary: nowAndThenSpoiled(
        fc.oneof(
          step(
            'PUT /saved_searches/',
            body({ name: pick('zz-s0', 'zz-s1') }, { filters: fc.array(search, { maxLength: 2 }) }),
            pick('search0', 'search1'),
          ),
          step(call('GET /saved_searches/{}', idOf(SEARCHES))),
          step(call('DELETE /saved_searches/{}', idOf(SEARCHES))),
          step(pick('POST /automations/templates/validate', 'POST /templates/validate'), template),
          step('POST /flow_runs/history', body({ ...history, ...within })),
          step('POST /task_runs/history', body({ ...history, ...within })),
          step(
            'POST /ui/flow_runs/history',
            body(
              { ...within, sort: pick('EXPECTED_START_TIME_ASC', 'ZZ') },
              { limit: wholeNumber, offset: wholeNumber },
            ),
          ),
          step(
            'POST /ui/flow_runs/count-task-runs',
            fc.record({ flow_run_ids: fc.subarray(['$run0.id', '$run1.id', UNKNOWN_ID, 'no-id']) }),
          ),
          step(
            'POST /ui/flows/count-deployments',
            fc.record({ flow_ids: fc.subarray(['$flow0.id', UNKNOWN_ID, 'no-id']) }),
          ),
          step('POST /ui/task_runs/count', body(within)),
          step(
            'POST /ui/schemas/validate',
            fc.record({
              schema: pick<unknown>(VALIDATED, { type: 'nothing' }),
              values: pick<unknown>({ n: 1 }, { n: 'x' }, {}, { n: { __prefect_kind: 'json', value: '{' } }),
            }),
          ),
          step(
            'POST /logs/',
            fc.array(
              body({
                name: pick('zz'),
                level: pick<unknown>(20, 40, 'loud'),
                message: pick('zz said so', ''),
                timestamp: pick(IN_2030, '2029-01-01T00:00:00Z', 'soon'),
                flow_run_id: idOf(pick('$run1')),
              }),
              { maxLength: 2 },
            ),
          ),
        ),
      ),
    },
  ),
};
