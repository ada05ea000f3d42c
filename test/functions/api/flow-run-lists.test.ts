import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FlowRunFilter } from '../../../shared/api/schemas/filters.ts';
import { FLOW_RUN_SORTS, type FlowRunSort } from '../../../shared/api/schemas/flow-runs.ts';
import type { FlowRun } from '../../../shared/domain/flow-run.ts';
import { matchesFlowRun } from '../../../shared/operations/filters/flow-runs.ts';
import { LIST_SHARDS } from '../../../shared/store/keys.ts';
import { type TestApp, testApp } from '../../test-app.ts';
import { type ManyRuns, makeManyRuns } from './many-runs.ts';

const RUNS = 120;
const MINUTE_MS = 60_000;

describe('lists of flow runs', () => {
  let home: TestApp;
  let many: ManyRuns;
  let runs: FlowRun[];
  beforeAll(async () => {
    home = await testApp();
    many = await makeManyRuns(home, RUNS);
    runs = many.docs.map(({ run }) => run);
  });
  afterAll(() => home.close());

  it('are what a look at every run finds, in the order asked for, page by page, whatever list they are read from', async () => {
    const ago = fc
      .integer({ min: 0, max: RUNS })
      .map((minutes) =>
        new Date(home.app.clock.now().getTime() - minutes * MINUTE_MS).toISOString().replace('Z', '000Z'),
      );
    const range = fc.record({ after_: fc.option(ago), before_: fc.option(ago) });
    const some = <T>(values: readonly T[]) => fc.subarray([...values], { maxLength: Math.min(3, values.length) });
    const filter = fc.record(
      {
        operator: fc.constantFrom('and_', 'or_'),
        id: fc.record({ any_: some(runs.map(({ id }) => id)) }),
        tags: fc.record(
          { all_: some(['tag-1', 'tag-2']), any_: some(['tag-1', 'tag-3', 'tag-7']) },
          { requiredKeys: [] },
        ),
        state: fc.record(
          {
            operator: fc.constantFrom('and_', 'or_'),
            type: fc.record({ any_: some(['FAILED', 'SCHEDULED', 'RUNNING', 'COMPLETED'] as const) }),
            name: fc.record({ any_: some(['Late', 'Failed']) }),
          },
          { requiredKeys: [] },
        ),
        deployment_id: fc.record({ any_: some(many.deploymentIds) }),
        start_time: range,
        expected_start_time: range,
        name: fc.record({ like_: fc.constantFrom('run-1', '%9', 'nobody') }),
      },
      { requiredKeys: [] },
    );
    const request = fc.record({
      filter: filter as fc.Arbitrary<FlowRunFilter>,
      flow: fc.option(fc.constantFrom(...many.flowIds), { freq: 3 }),
      sort: fc.constantFrom(...FLOW_RUN_SORTS),
      offset: fc.integer({ min: 0, max: 20 }),
      limit: fc.integer({ min: 0, max: 30 }),
    });

    await fc.assert(
      fc.asyncProperty(request, async ({ filter: flow_runs, flow, sort, offset, limit }) => {
        const flows = flow ? { id: { any_: [flow] } } : null;
        const wanted = runs
          .filter((run) => matchesFlowRun(flow_runs, run) && (!flow || run.flow_id === flow))
          .sort(comparison(sort));

        const page = await home.call('POST', '/flow_runs/filter', { flow_runs, flows, sort, offset, limit });
        const count = await home.call('POST', '/flow_runs/count', { flow_runs, flows });

        expect(page.body.map(({ id }: FlowRun) => id)).toEqual(
          wanted.slice(offset, offset + limit).map(({ id }) => id),
        );
        expect(count.body).toBe(wanted.length);
      }),
      { numRuns: 150, seed: 5 },
    );
  }, 120_000);

  it.each(['ID_DESC', 'START_TIME_DESC', 'START_TIME_ASC', 'EXPECTED_START_TIME_DESC'])(
    'are a page in the order of %s from the shards of one list',
    async (sort) => {
      home.consumed.length = 0;

      await home.call('POST', '/flow_runs/filter', { sort, limit: 20 });

      expect(home.consumed.filter(({ operation }) => operation === 'query')).toHaveLength(LIST_SHARDS);
    },
  );

  it('find a run by a tag it got later, and no more by one it lost', async () => {
    const [run] = runs;
    const tagged = async (tag: string) =>
      (await home.call('POST', '/flow_runs/filter', { flow_runs: { tags: { all_: [tag] } } })).body.map(
        ({ id }: FlowRun) => id,
      );

    await home.call('PATCH', `/flow_runs/${run!.id}`, { tags: ['new', 'newer'] });

    expect(await tagged('new')).toEqual([run!.id]);
    expect(await tagged('tag-0')).not.toContain(run!.id);
    await home.call('DELETE', `/flow_runs/${run!.id}`);
    expect(await tagged('newer')).toEqual([]);
  });
});

/** Nulls are largest; equal ones are in the order of their ids. */
function comparison(sort: FlowRunSort): (a: FlowRun, b: FlowRun) => number {
  const key: Record<string, (run: FlowRun) => string | null> = {
    ID: ({ id }) => id,
    START_TIME: (run) => run.start_time ?? run.expected_start_time,
    EXPECTED_START_TIME: (run) => run.expected_start_time,
    NAME: ({ name }) => name,
    NEXT_SCHEDULED_START_TIME: (run) => run.next_scheduled_start_time,
    END_TIME: (run) => run.end_time,
  };
  const of = key[sort.replace(/_(ASC|DESC)$/, '')]!;
  const text = (run: FlowRun) => `${of(run) ?? '~'} ${run.id}`;
  const direction = sort.endsWith('DESC') ? -1 : 1;
  return (a, b) => direction * (text(a) < text(b) ? -1 : 1);
}
