import fc from 'fast-check';
import { STATE_TYPES } from '../../../../shared/domain/states.ts';
import { type Step, UNKNOWN_ID } from '../scenario.ts';
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
import { namedFilter } from './filters.ts';

const NAMES = ['zz-auto0', 'zz-auto1'];
const name = pick(...NAMES);
const AUTOMATIONS = pick('$automation0', '$automation1');
// No event of this name ever comes, and proactive triggers wait too long to fire while it is played.
const eventTrigger = body(
  { posture: pick('Reactive', 'Proactive'), within: pick<unknown>(0, 60, 86_400, 5) },
  {
    type: fc.constant('event'),
    expect: fc.constant(['zz.never']),
    after: fc.subarray(['zz.before']),
    match: pick<unknown>({}, { 'prefect.resource.id': 'zz.*' }, { a: ['b', 'c'] }),
    match_related: pick<unknown>({}, { 'prefect.resource.role': 'flow' }, [{ a: 'b' }]),
    for_each: fc.subarray(['prefect.resource.id']),
    threshold: wholeNumber,
  },
);
const composite = { triggers: fc.array(eventTrigger, { maxLength: 2 }), within: pick<unknown>(null, 60) };
const trigger = fc.oneof(
  { weight: 3, arbitrary: eventTrigger },
  fc.record({ type: fc.constant('compound'), ...composite, require: pick<unknown>('any', 'all', 1, 2, 0, 'most') }),
  fc.record({ type: fc.constant('sequence'), ...composite }),
);
const selected = (type: string, id: string) =>
  body({ type: fc.constant(type) }, { source: pick('selected', 'inferred'), [id]: pick<unknown>(UNKNOWN_ID, 'no-id') });
const action = fc.oneof(
  fc.record({ type: pick('do-nothing', 'cancel-flow-run', 'suspend-flow-run', 'resume-flow-run', 'zz-explode') }),
  body(
    { type: fc.constant('change-flow-run-state'), state: pick<string>(...STATE_TYPES, 'ASLEEP') },
    { name: text, message: text, force: fc.boolean() },
  ),
  selected('run-deployment', 'deployment_id'),
  selected('pause-work-pool', 'work_pool_id'),
  selected('resume-work-queue', 'work_queue_id'),
  selected('pause-automation', 'automation_id'),
  body(
    { type: fc.constant('send-notification') },
    { block_document_id: pick(UNKNOWN_ID), subject: text, body: pick('plain', '{{ event.id }}', '{{ oops') },
  ),
);
const actions = fc.array(action, { maxLength: 2 });
const fields = {
  description: text,
  enabled: fc.boolean(),
  tags,
  actions_on_trigger: actions,
  actions_on_resolve: actions,
};
const required = { name, trigger, actions };

/** Prefect tries one kind after the other for an action that does not say which it is; pushpool asks that it does. */
const saysWhatItIs = ([, body]: Step): boolean =>
  ['actions', 'actions_on_trigger', 'actions_on_resolve'].every((key) => {
    const given = (body as Record<string, unknown> | undefined)?.[key];
    return !Array.isArray(given) || given.every((one) => typeof one?.type === 'string');
  });

export const automations: Group = {
  before: [
    [
      'POST /automations/',
      {
        name: 'zz-auto0',
        trigger: { posture: 'Reactive', expect: ['zz.never'], within: 0 },
        actions: [{ type: 'do-nothing' }],
        owner_resource: 'zz-owner',
      },
      'automation0',
    ],
  ],
  operations: nowAndThenSpoiled(
    fc.oneof(
      {
        weight: 3,
        arbitrary: step(
          'POST /automations/',
          body(required, { ...fields, owner_resource: pick('zz-owner') }),
          pick('automation1'),
        ),
      },
      { weight: 3, arbitrary: step(call('PUT /automations/{}', idOf(AUTOMATIONS)), body(required, fields)) },
      step(call('PATCH /automations/{}', idOf(AUTOMATIONS)), some({ enabled: fc.boolean() })),
      step(call('GET /automations/{}', idOf(AUTOMATIONS))),
      step(call('DELETE /automations/{}', idOf(pick('$automation1')))),
      step('POST /automations/filter', namedFilter('automations', NAMES, ['NAME_ASC', 'NAME_DESC'])),
      step('POST /automations/count', fc.constant({ automations: { name: { any_: NAMES } } })),
      step(call('GET /automations/related-to/{}', pick('zz-owner', 'zz-nobody'))),
      step(call('DELETE /automations/owned-by/{}', pick('zz-owner', 'zz-nobody'))),
    ),
  ).filter(saysWhatItIs),
  after: [
    ['POST /automations/filter', { automations: { name: { any_: NAMES } }, sort: 'NAME_ASC' }],
    ['GET /automations/related-to/zz-owner'],
  ],
};
