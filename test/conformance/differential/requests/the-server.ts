import { type Scenario, UNKNOWN_ID } from '../scenario.ts';

const EVENT = {
  occurred: '2026-01-02T03:04:05Z',
  event: 'zz.happened',
  resource: { 'prefect.resource.id': 'zz.thing', 'zz.colour': 'red' },
  related: [{ 'prefect.resource.id': 'zz.other', 'prefect.resource.role': 'friend' }],
  payload: { a: [1] },
  id: '22222222-2222-4222-8222-222222222222',
};

export const THE_SERVER: readonly Scenario[] = [
  {
    name: 'what clients ask of the server itself',
    steps: [
      ['GET /ready'],
      ['GET /hello'],
      ['GET /admin/storage'],
      ['PUT /admin/storage', { default_result_storage_block_id: UNKNOWN_ID }],
      ['DELETE /admin/storage'],
      ['POST /task_workers/filter', {}],
      ['GET /no/such/route'],
      ['PUT /flows/'],
      ['GET /block_capabilities/'],
      ['GET /collections/views/no-such-view'],
      ['GET /flow_run_states/'],
      [`GET /flow_run_states/${UNKNOWN_ID}`],
      [`GET /task_run_states/${UNKNOWN_ID}`],
      [`GET /task_run_states/?task_run_id=${UNKNOWN_ID}`],
    ],
  },
  {
    name: 'events that are none are refused',
    steps: [
      ['POST /events', [{ ...EVENT, resource: {} }]],
      ['POST /events', [{ ...EVENT, related: [{ 'prefect.resource.id': 'zz.other' }] }]],
      ['POST /events', [{ event: 'zz.happened' }]],
      ['POST /events', {}],
      ['POST /events', [EVENT]],
      ['POST /events/filter', { filter: { colour: {} } }],
      ['POST /events/filter', { limit: 51 }],
      ['POST /events/filter', { filter: { occurred: { since: 'yesterday' } } }],
      ['POST /events/count-by/colour', { filter: {} }],
    ],
  },
];
