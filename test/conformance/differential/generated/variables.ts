import fc from 'fast-check';
import { body, call, type Group, idOf, nowAndThenSpoiled, pick, some, step, tags } from './drawing.ts';
import { namedFilter } from './filters.ts';

const NAMES = ['zz_var0', 'zz_var1'];
const name = pick(...NAMES, 'Zz Var');
const inPath = name.map(encodeURIComponent);
const VARIABLES = pick('$variable0', '$variable1');
const value = pick<unknown>(1, 'x', null, { a: [1, 2.5] }, [], true, 'x'.repeat(5_001));

export const variables: Group = {
  operations: nowAndThenSpoiled(
    fc.oneof(
      step('POST /variables/', body({ name }, { value, tags }), pick('variable0', 'variable1')),
      step(call('PATCH /variables/name/{}', inPath), some({ name, value, tags })),
      step(call('PATCH /variables/{}', idOf(VARIABLES)), some({ name, value, tags })),
      step(call('GET /variables/name/{}', inPath)),
      step(call('GET /variables/{}', idOf(VARIABLES))),
      step(call('DELETE /variables/name/{}', inPath)),
      step(call('DELETE /variables/{}', idOf(VARIABLES))),
      step('POST /variables/filter', namedFilter('variables', NAMES, ['NAME_ASC', 'NAME_DESC'])),
      step(
        'POST /variables/count',
        fc.record({
          variables: body(
            { name: fc.constant({ any_: NAMES }) },
            {
              tags: some({
                operator: pick('and_', 'or_'),
                all_: fc.subarray(['zz-red'], { minLength: 1 }),
                is_null_: fc.boolean(),
              }),
            },
          ),
        }),
      ),
    ),
  ),
  after: [['POST /variables/filter', { variables: { name: { any_: NAMES } }, sort: 'NAME_ASC' }]],
};
