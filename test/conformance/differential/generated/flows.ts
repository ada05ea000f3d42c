import fc from 'fast-check';
import { body, call, type Group, idOf, nowAndThenSpoiled, pick, some, step, tags } from './drawing.ts';
import { countBody, filterBody, flowFilter, paginateBody } from './filters.ts';
import { asFlow, FLOW_NAMES, FLOWS, flow } from './names.ts';

const named = { name: fc.record({ any_: fc.subarray(FLOW_NAMES, { minLength: 1 }) }) };

export const flows: Group = {
  before: [['POST /flows/', { name: 'zz-flow0' }, 'flow0']],
  operations: nowAndThenSpoiled(
    fc.oneof(
      step('POST /flows/', body({ name: flow }, { tags, labels: some({ zz: pick<unknown>('a', 1.5, true) }) }), asFlow),
      step(call('GET /flows/name/{}', flow)),
      step(call('GET /flows/{}', idOf(FLOWS))),
      step(call('PATCH /flows/{}', idOf(FLOWS)), some({ tags })),
      step('POST /flows/filter', filterBody('flows', 'NAME_ASC', 'NAME_DESC', 'CREATED_DESC')),
      step('POST /flows/paginate', paginateBody('flows', 'NAME_ASC', 'NAME_DESC')),
      step('POST /flows/count', countBody('flows')),
      step(
        'POST /flows/filter',
        fc.tuple(flowFilter, fc.record(named)).map(([filter, named]) => ({
          flows: { ...filter, name: { ...named.name, ...(filter['name'] as object) } },
          sort: 'NAME_ASC',
        })),
      ),
      step(call('DELETE /flows/{}', idOf(pick('$flow1')))),
      step('POST /flows/bulk_delete', fc.record({ flows: fc.record({ name: pick({ any_: ['zz-flow1'] }) }) })),
    ),
  ),
  after: [['POST /flows/filter', { flows: { name: { any_: FLOW_NAMES } }, sort: 'NAME_ASC' }]],
};
