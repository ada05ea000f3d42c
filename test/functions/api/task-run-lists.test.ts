import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TaskRunFilter } from '../../../shared/api/schemas/filters.ts';
import type { TaskRun } from '../../../shared/domain/task-run.ts';
import { recordEvents } from '../../../shared/operations/events/events.ts';
import { matchesTaskRun } from '../../../shared/operations/filters/task-runs.ts';
import { type TestApp, testApp } from '../../test-app.ts';

const MINUTE = 60;
const SORTS = ['ID_DESC', 'EXPECTED_START_TIME_ASC', 'EXPECTED_START_TIME_DESC', 'NAME_ASC', 'END_TIME_DESC'] as const;

describe('task runs', () => {
  let home: TestApp;
  const runs: string[] = [];
  beforeAll(async () => {
    home = await testApp({ now: new Date('2026-11-24T12:00:00Z') });
    const flow_id = (await home.call('POST', '/flows/', { name: 'f' })).body.id;
    for (const tag of ['a', 'b']) {
      const body = { flow_id, tags: [tag], state: { type: 'RUNNING' } };
      runs.push((await home.call('POST', '/flow_runs/', body)).body.id);
    }
  });
  afterAll(() => home.close());

  const made: string[] = [];
  /** When the task run changed, which is when it started if it has not before. */
  const emit = async (id: string, run: string | null, type: string, name: string, expected: string) => {
    const occurred = at(0);
    const before = (await home.app.store.taskRuns.get(id))?.task.start_time ?? null;
    const event = {
      ...{ id: home.app.clock.newId(), occurred, received: occurred, follows: null, event: `prefect.task-run.${name}` },
      resource: { 'prefect.resource.id': `prefect.task-run.${id}`, 'prefect.orchestration': 'client' },
      related: run ? [{ 'prefect.resource.id': `prefect.flow-run.${run}`, 'prefect.resource.role': 'flow-run' }] : [],
      payload: {
        validated_state: { type, name, state_details: {} },
        task_run: {
          ...{ task_key: 'k', dynamic_key: id, name: `n${made.indexOf(id) % 5}`, tags: [], run_count: 1 },
          ...{ expected_start_time: expected, total_run_time: 1.5 },
          start_time: before ?? (type === 'RUNNING' ? occurred : null),
        },
      },
    };
    await recordEvents(home.app, { kind: 'anonymous' } as never, [event as never]);
  };

  it('are listed, counted and drawn as a look at each of them finds, whatever happened to them before', async () => {
    const state = fc.constantFrom<[string, string?][]>(
      ['PENDING'],
      ['RUNNING'],
      ['COMPLETED'],
      ['COMPLETED', 'Cached'],
      ['FAILED'],
      ['SCHEDULED', 'AwaitingRetry'],
      ['CRASHED', 'c'.repeat(80)],
    );
    const step = fc.oneof(
      { arbitrary: fc.record({ create: state, run: fc.option(fc.nat(1)) }), weight: 4 },
      { arbitrary: fc.record({ change: fc.nat(), to: state }), weight: 4 },
      fc.record({ remove: fc.nat() }),
      fc.record({ wait: fc.constantFrom(1, MINUTE, 40 * MINUTE, 30 * 60 * MINUTE) }),
    );
    const some = <T>(...values: T[]) => fc.record({ any_: fc.subarray(values, { minLength: 1 }) });
    const ago = fc.option(fc.integer({ min: 0, max: 300 }), { freq: 2 });
    const asked = fc.record({
      operator: fc.constantFrom('and_', 'and_', 'or_'),
      state: fc.option(
        fc.record(
          {
            type: some('RUNNING', 'COMPLETED', 'FAILED', 'CRASHED', 'PENDING'),
            name: some('COMPLETED', 'Cached', 'RUNNING'),
          },
          { requiredKeys: [] },
        ),
        { freq: 3 },
      ),
      start: fc.option(fc.tuple(ago, ago)),
      expected: fc.option(fc.tuple(ago, ago), { freq: 1 }),
      subflows: fc.option(fc.boolean(), { freq: 1 }),
      ofRun: fc.option(fc.nat(1), { freq: 1 }),
      tag: fc.option(fc.constantFrom('a', 'b', 'none'), { freq: 1 }),
      sort: fc.constantFrom(...SORTS),
      offset: fc.nat(4),
      limit: fc.nat(6),
    });

    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 10 }), fc.array(asked, { minLength: 4, maxLength: 6 }), act),
      { numRuns: 25, seed: 54 },
    );

    async function act(steps: Step[], questions: Question[]): Promise<void> {
      for (const what of steps) {
        if (what.wait) home.advance(what.wait);
        else if (what.create) {
          made.push(home.app.clock.newId());
          const run = typeof what.run === 'number' ? runs[what.run]! : null;
          const [type, name = type] = what.create;
          await emit(made.at(-1)!, run, type, name, at(0));
        } else if (made.length > 0 && what.to) {
          const { task } = (await home.app.store.taskRuns.get(made[what.change! % made.length]!))!;
          const [type, name = type] = what.to;
          await emit(task.id, task.flow_run_id, type, name, task.expected_start_time!);
        } else if (made.length > 0 && what.remove !== undefined) {
          const [id] = made.splice(what.remove % made.length, 1);
          await home.call('DELETE', `/task_runs/${id}`);
        }
      }
      const all = (await home.app.store.taskRuns.getMany(made)).map(({ task }) => task);
      for (const question of questions) await ask(all, question);
    }
  }, 120_000);

  async function ask(all: TaskRun[], { sort, offset, limit, ...question }: Question): Promise<void> {
    const { operator, state, start, expected, subflows, ofRun, tag } = question;
    const span = (of: [number | null, number | null] | null) =>
      of && { after_: at(of[0]), before_: of[1] === null ? null : at(of[1] / 10) };
    const task_runs = {
      ...{ operator, state, start_time: span(start), expected_start_time: span(expected) },
      subflow_runs: subflows === null ? null : { exists_: subflows },
      flow_run_id: ofRun === null ? null : { any_: [runs[ofRun]!] },
    } as TaskRunFilter;
    const flow_runs = tag === null ? null : { tags: { all_: [tag] } };
    const tagged = (task: TaskRun) => tag === null || task.flow_run_id === runs[['a', 'b'].indexOf(tag)];
    const wanted = all.filter((task) => matchesTaskRun(task_runs, task) && (tag === null || tagged(task)));
    const body = { task_runs, flow_runs };

    const page = await home.call('POST', '/task_runs/filter', { ...body, sort, offset, limit });
    const count = await home.call('POST', '/task_runs/count', body);
    const byState = await home.call('POST', '/ui/task_runs/count', body);
    const ended = await home.call('POST', '/ui/task_runs/dashboard/counts', {
      ...{ flow_runs, task_runs: { ...task_runs, operator: 'and_', start_time: { after_: at(200) } } },
    });
    const drawn = await home.call('POST', '/task_runs/history', {
      ...{ ...body, history_start: at(100), history_end: at(-1), history_interval_seconds: 600 },
    });

    const ids = (tasks: TaskRun[]) => tasks.map(({ id }) => id);
    expect(page.body.map(({ id }: TaskRun) => id)).toEqual(
      ids(wanted.toSorted(comparison(sort))).slice(offset, offset + limit),
    );
    expect(count.body).toBe(wanted.length);
    expect(byState.body).toMatchObject(countBy(wanted, (task) => task.state_type!));
    // The route looks at those that have ended, whatever states the filter names.
    const shown = { ...task_runs, operator: 'and_', state: null, start_time: { after_: at(200) } } as TaskRunFilter;
    const drawable = all.filter((task) => matchesTaskRun(shown, task) && tagged(task) && endsOf(task));
    expect(sums(ended.body)).toEqual([
      drawable.filter((task) => endsOf(task) === 'completed').length,
      drawable.filter((task) => endsOf(task) === 'failed').length,
    ]);
    const inSpan = wanted.filter((task) => task.expected_start_time! >= at(100));
    const states = drawn.body.flatMap(({ states }: { states: unknown[] }) => states);
    expect(
      countBy(
        states,
        (one) => `${one.state_type} ${one.state_name}`,
        (one) => one.count_runs,
      ),
    ).toEqual(countBy(inSpan, (task) => `${task.state_type} ${task.state_name}`));
    expect(
      states.reduce((sum: number, one: { sum_estimated_run_time: number }) => sum + one.sum_estimated_run_time, 0),
    ).toBeGreaterThanOrEqual(1.5 * inSpan.length);
  }

  const at = (minutes: number | null): string =>
    new Date(home.app.clock.now().getTime() - (minutes ?? 5000) * MINUTE * 1000).toISOString().replace('Z', '000Z');
});

interface Step {
  readonly create?: [string, string?];
  readonly run?: number | null;
  readonly change?: number;
  readonly to?: [string, string?];
  readonly remove?: number;
  readonly wait?: number;
}
interface Question {
  readonly operator: string;
  readonly state: unknown;
  readonly start: [number | null, number | null] | null;
  readonly expected: [number | null, number | null] | null;
  readonly subflows: boolean | null;
  readonly ofRun: number | null;
  readonly tag: string | null;
  readonly sort: (typeof SORTS)[number];
  readonly offset: number;
  readonly limit: number;
}

const endsOf = ({ state_type }: TaskRun): 'completed' | 'failed' | null =>
  state_type === 'FAILED' || state_type === 'CRASHED' ? 'failed' : state_type === 'COMPLETED' ? 'completed' : null;

// biome-ignore lint/suspicious/noExplicitAny: rows of answers
function countBy(rows: any[], key: (row: any) => string, weight: (row: any) => number = () => 1) {
  const counts: Record<string, number> = {};
  for (const row of rows) counts[key(row)] = (counts[key(row)] ?? 0) + weight(row);
  return counts;
}

function sums(buckets: { completed: number; failed: number }[]): [number, number] {
  return buckets.reduce<[number, number]>((sum, one) => [sum[0] + one.completed, sum[1] + one.failed], [0, 0]);
}

/** Nulls are largest; equal ones are in the order of their ids. */
function comparison(sort: Question['sort']): (a: TaskRun, b: TaskRun) => number {
  const key = {
    ID_DESC: (task: TaskRun) => task.id,
    EXPECTED_START_TIME_ASC: (task: TaskRun) => task.expected_start_time,
    EXPECTED_START_TIME_DESC: (task: TaskRun) => task.expected_start_time,
    NAME_ASC: (task: TaskRun) => task.name,
    END_TIME_DESC: (task: TaskRun) => task.end_time,
  }[sort];
  const text = (task: TaskRun) => `${key(task) ?? '~'} ${task.id}`;
  const direction = sort.endsWith('DESC') ? -1 : 1;
  return (a, b) => direction * (text(a) < text(b) ? -1 : 1);
}
