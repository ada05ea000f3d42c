import { type Scenario, UNKNOWN_ID } from '../../scenario.ts';

const TRIGGER = { type: 'event', expect: ['a'], for_each: ['b', 'b'], posture: 'Reactive', threshold: 1 };
const LOOP = { ...TRIGGER, match: { 'prefect.resource.id': 'prefect.flow-run.*' }, expect: ['prefect.flow-run.*'] };
const INFERRED = { type: 'run-deployment', source: 'inferred' };
const of = (action: object, more: object = {}) => ({ name: 'zz-auto', trigger: TRIGGER, actions: [action], ...more });
const NOTHING = { type: 'do-nothing' };
const LOOPS = '{% for a in b %}{% for c in d %}{% for e in f %}{% endfor %}{% endfor %}{% endfor %}';

/** What Prefect's own tests of automations expect, where the other scenarios do not ask. */
export const SUITE_AUTOMATIONS: readonly Scenario[] = [
  {
    name: 'the id of an automation is not changed',
    steps: [
      ['POST /automations/', of(NOTHING), 'automation'],
      ['PUT /automations/$automation.id', of(NOTHING, { id: UNKNOWN_ID })],
      ['PATCH /automations/$automation.id', { enabled: false, id: UNKNOWN_ID }],
      ['GET /automations/$automation.id'],
    ],
  },
  {
    name: 'an automation that would start itself is not made',
    steps: [['POST /automations/', of(INFERRED, { trigger: LOOP, enabled: true })]],
  },
  {
    name: 'templates are read when an automation is made',
    steps: [
      { type: 'send-notification', block_document_id: UNKNOWN_ID, subject: '{{ bad', body: 'b' },
      { type: 'send-notification', block_document_id: UNKNOWN_ID, subject: 's', body: LOOPS },
      { type: 'call-webhook', block_document_id: UNKNOWN_ID, payload: '{{ bad' },
      { type: 'call-webhook', block_document_id: UNKNOWN_ID, payload: { a: ['{{ b }}'] } },
      { ...INFERRED, parameters: { a: { __prefect_kind: 'jinja', template: '{{ bad' } } },
      { ...INFERRED, parameters: { a: { __prefect_kind: 'jinja', template: '{{ good }}' } } },
      { ...INFERRED, parameters: { a: 'this is an {{ invalid } template' } },
      { ...INFERRED, parameters: { a: { b: '{{ good }}', c: 'this is an {{ invalid } template' } } },
      { ...INFERRED, parameters: { __prefect_kind: 'json', value: '{no' } },
      { ...INFERRED, parameters: { a: { __prefect_kind: 'json', value: '{' } } },
      { ...INFERRED, parameters: { a: { __prefect_kind: 'json', value: '{}' } } },
      { ...INFERRED, parameters: { a: { __prefect_kind: 'jinja' } } },
      { ...INFERRED, parameters: { a: { __prefect_kind: 'workspace_variable', variable_name: 'zz_none' } } },
      { ...INFERRED, parameters: { a: { __prefect_kind: 'json', value: { __prefect_kind: 'jinja', template: 'x' } } } },
      ...[[1], 1, true, null].map((payload) => ({ type: 'call-webhook', block_document_id: UNKNOWN_ID, payload })),
    ].map((action) => ['POST /automations/', of(action)] as const),
  },
  {
    name: 'spans of time are given in several spellings',
    steps: [
      ...['00:00:10', '01:30', '1:30', '1:30:00', '100:00', '1 day 00:00:10', '1 00:00:00.5', '00:60:00', '2d', 'x'],
      ...['P1W', 'P', 'PT', 'P1M', 'P1Y2DT0.5M', 'P1DT', 'PT1,5S', '-PT5S'],
    ].map((within) => ['POST /automations/', of(NOTHING, { trigger: { ...TRIGGER, within } })] as const),
  },
  {
    name: 'the time of a composite trigger may be anything, that of an event trigger not below zero',
    steps: [-1, '-PT5S', null].flatMap((within) => [
      [
        'POST /automations/',
        of(NOTHING, { trigger: { type: 'compound', require: 'any', within, triggers: [TRIGGER] } }),
      ] as const,
      ['POST /automations/', of(NOTHING, { trigger: { ...TRIGGER, within } })] as const,
    ]),
  },
  {
    name: 'job variables of an automation fit the pool of its deployment',
    steps: [
      ['POST /flows/', { name: 'zz-fitting' }, 'flow'],
      [
        'POST /work_pools/',
        {
          name: 'zz-fitting',
          type: 'process',
          base_job_template: {
            job_configuration: { size: '{{ size }}' },
            variables: { type: 'object', properties: { size: { type: 'integer', default: 1 } } },
          },
        },
      ],
      ['POST /deployments/', { name: 'd', flow_id: '$flow.id', work_pool_name: 'zz-fitting' }, 'deployment'],
      ...[{ size: 'big' }, { size: 2 }, {}].map(
        (job_variables) =>
          [
            'POST /automations/',
            of({ type: 'run-deployment', deployment_id: '$deployment.id', job_variables }),
          ] as const,
      ),
      ['POST /automations/', of({ type: 'run-deployment', deployment_id: UNKNOWN_ID, job_variables: { size: 2 } })],
      ['POST /automations/', of({ type: 'run-deployment', deployment_id: UNKNOWN_ID }), 'automation'],
      [
        'PUT /automations/$automation.id',
        of({ type: 'run-deployment', deployment_id: '$deployment.id', job_variables: { size: 'big' } }),
      ],
    ],
  },
];
