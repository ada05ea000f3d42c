import fc from 'fast-check';
import { body, call, type Group, idOf, nowAndThenSpoiled, pick, some, step, text } from './drawing.ts';
import { RUNS, TASKS } from './names.ts';

const KEYS = ['zz-key0', 'zz-key1'];
const key = pick(...KEYS);
const ARTIFACTS = pick('$artifact0', '$artifact1');
const type = pick('markdown', 'table', 'zz-other');
const data = pick<unknown>('# text', [{ a: 1 }], { b: null }, null, 12.5, true);
const fields = {
  data,
  description: text,
  metadata_: pick<unknown>({ a: 'b' }, { long: 'x'.repeat(600) }, { a: 1 }, null),
};
const filter = fc.record({
  artifacts: body(
    { key: fc.constant({ any_: KEYS }) },
    {
      id: some({ any_: fc.subarray(['$artifact0.id', '$artifact1.id']) }),
      flow_run_id: some({ any_: fc.subarray(['$run0.id', '$run1.id']) }),
      type: some({ any_: fc.subarray(['markdown']), not_any_: fc.subarray(['table', 'zz-other']) }),
    },
  ),
});
const list = fc
  .tuple(
    filter,
    some({
      sort: pick('KEY_ASC', 'KEY_DESC', 'ZZ_NONE'),
      limit: pick<unknown>(1, 200, 201),
      offset: pick<unknown>(0, 1, -1),
    }),
  )
  .map(([filter, more]) => ({ ...filter, ...more }));
const latest = filter.map(({ artifacts: { id: _, ...rest } }: { artifacts: Record<string, unknown> }) => ({
  artifacts: rest,
  sort: 'KEY_ASC',
}));

export const artifacts: Group = {
  before: [
    ['POST /artifacts/', { key: 'zz-key0', type: 'markdown', data: '# one', flow_run_id: '$run1.id' }, 'artifact0'],
  ],
  operations: nowAndThenSpoiled(
    fc.oneof(
      step(
        'POST /artifacts/',
        body(
          { key: fc.oneof({ weight: 8, arbitrary: key }, { weight: 1, arbitrary: pick('Zz Key', '') }), type },
          { ...fields, flow_run_id: idOf(RUNS), task_run_id: idOf(TASKS) },
        ),
        pick('artifact0', 'artifact1'),
      ),
      step(call('GET /artifacts/{}', idOf(ARTIFACTS))),
      step(call('GET /artifacts/{}/latest', key)),
      step(call('PATCH /artifacts/{}', idOf(ARTIFACTS)), some(fields)),
      step(call('DELETE /artifacts/{}', idOf(ARTIFACTS))),
      step('POST /artifacts/filter', list),
      step('POST /artifacts/count', filter),
      step('POST /artifacts/latest/filter', latest),
      step('POST /artifacts/latest/count', filter),
    ),
  ),
  after: [
    ...KEYS.map((key) => [`GET /artifacts/${key}/latest`] as const),
    ['POST /artifacts/count', { artifacts: { key: { any_: KEYS } } }],
  ],
};
