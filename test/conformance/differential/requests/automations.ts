import { type Scenario, UNKNOWN_ID } from '../scenario.ts';

const TRIGGER = {
  type: 'event',
  posture: 'Reactive',
  expect: ['prefect.flow-run.Failed'],
  match: { 'prefect.resource.id': 'prefect.flow-run.*' },
  for_each: ['prefect.resource.id'],
  threshold: 2,
  within: 60,
};
const FAILED = { type: 'change-flow-run-state', state: 'FAILED', message: 'no' };

export const AUTOMATIONS: readonly Scenario[] = [
  {
    name: 'automations are made, changed and found',
    steps: [
      ['POST /automations/', { name: 'zz-one', trigger: TRIGGER, actions: [FAILED], tags: ['zz'] }, 'one'],
      [
        'POST /automations/',
        {
          name: 'zz-two',
          description: 'all',
          enabled: false,
          trigger: {
            type: 'compound',
            require: 'all',
            within: 30,
            triggers: [
              { posture: 'Reactive', expect: ['a'] },
              { type: 'event', posture: 'Proactive', within: 20 },
            ],
          },
          actions: [{ type: 'do-nothing' }],
          actions_on_trigger: [{ type: 'cancel-flow-run' }],
          actions_on_resolve: [{ type: 'pause-work-pool', source: 'inferred' }],
          owner_resource: 'zz.owner',
        },
        'two',
      ],
      ['GET /automations/$two.id'],
      [`GET /automations/${UNKNOWN_ID}`],
      ['PATCH /automations/$one.id', { enabled: false }],
      ['GET /automations/$one.id'],
      [`PATCH /automations/${UNKNOWN_ID}`, { enabled: true }],
      ['PUT /automations/$one.id', { name: 'zz-uno', trigger: TRIGGER, actions: [{ type: 'resume-flow-run' }] }],
      ['GET /automations/$one.id'],
      [`PUT /automations/${UNKNOWN_ID}`, { name: 'zz-uno', trigger: TRIGGER, actions: [] }],
      ['POST /automations/filter', { automations: { name: { any_: ['zz-uno', 'zz-two'] } }, sort: 'NAME_ASC' }],
      ['POST /automations/filter', { automations: { tags: { all_: ['zz'] } } }],
      ['POST /automations/filter', { automations: { colour: 1 } }],
      ['POST /automations/count', { automations: { name: { any_: ['zz-two'] } } }],
      ['GET /automations/related-to/zz.owner'],
      ['DELETE /automations/owned-by/zz.owner'],
      ['GET /automations/$two.id'],
      ['DELETE /automations/$one.id'],
      ['DELETE /automations/$one.id'],
    ],
  },
  {
    name: 'what is not an automation is refused',
    steps: [
      ['POST /automations/', { name: 'zz-bad', actions: [] }],
      ['POST /automations/', { trigger: TRIGGER, actions: [] }],
      ['POST /automations/', { name: 'zz-bad', trigger: { ...TRIGGER, posture: 'Proactive', within: 5 }, actions: [] }],
      ['POST /automations/', { name: 'zz-bad', trigger: TRIGGER, actions: [{ type: 'run-deployment' }] }],
    ],
  },
  {
    name: 'triggers without a type are told by their fields',
    steps: [
      ['POST /automations/', { name: 'zz-1', actions: [], trigger: { triggers: [TRIGGER], require: 1, within: null } }],
      ['POST /automations/', { name: 'zz-2', actions: [], trigger: { triggers: [TRIGGER], within: 20 } }],
      [
        'POST /automations/',
        {
          name: 'zz-3',
          actions: [],
          trigger: {
            triggers: [
              { triggers: [TRIGGER], require: 'any', within: 5 },
              { triggers: [TRIGGER], within: 9 },
            ],
            ...{ require: 'all', within: null },
          },
        },
      ],
    ],
  },
  {
    name: 'searches are saved',
    steps: [
      [
        'PUT /saved_searches/',
        { name: 'zz-search', filters: [{ object: 'flow', property: 'name', type: 's', operation: '=', value: 'x' }] },
        'search',
      ],
      ['PUT /saved_searches/', { name: 'zz-search', filters: [] }],
      ['PUT /saved_searches/', { filters: [] }],
      ['GET /saved_searches/$search.id'],
      [`GET /saved_searches/${UNKNOWN_ID}`],
      ['DELETE /saved_searches/$search.id'],
      ['DELETE /saved_searches/$search.id'],
    ],
  },
];
