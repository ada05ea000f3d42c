import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byTimestamp, logsOfBatch, type NewLog } from '../../../shared/domain/log.ts';
import { toLogBatches } from '../../../shared/domain/log-batches.ts';

const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 32);
const NOW = '2026-11-24T06:00:00.000000Z';

describe('batches of log lines', () => {
  const log = fc.record({
    name: fc.constant('n'),
    level: fc.constant(20),
    message: fc.string(),
    timestamp: fc.constantFrom(
      '2026-11-24T05:00:00.000000Z',
      '2026-11-24T05:00:00.000001Z',
      '2026-11-25T05:00:00.000000Z',
    ),
    flow_run_id: fc.constantFrom('a', 'b', null),
  });

  it('keep every line once, in the order of writing among equal times', () => {
    fc.assert(
      fc.property(fc.array(log, { maxLength: 50 }), (logs) => {
        const read = toLogBatches(logs, NOW, hash).flatMap(({ batch }) => logsOfBatch(batch));

        for (const run of ['a', 'b', null]) {
          const expected = logs.filter((line) => line.flow_run_id === run).sort((x, y) => compare(x, y));
          const found = read.filter((line) => line.flow_run_id === run).sort(byTimestamp);
          expect(found.map((line) => line.message)).toEqual(expected.map((line) => line.message));
        }
      }),
    );
  });

  it('have the same names and ids when the same lines come again later', () => {
    fc.assert(
      fc.property(fc.array(log, { maxLength: 20 }), (logs) => {
        const names = (at: string) => toLogBatches(logs, at, hash).map(({ name, batch }) => [name, batch.lines]);
        expect(names('2026-11-24T07:00:00.000000Z')).toEqual(names(NOW));
      }),
    );
  });

  it('span a minute at most, so that lines are found from a time on without looking far back', () => {
    const times = ['05:03:00.5', '05:00:00.0', '05:01:00.0', '05:01:00.1', '05:02:00.1', '05:02:00.2'];
    const lines = times.map((time) => ({
      ...{ name: 'n', level: 20, message: time, flow_run_id: 'a' },
      timestamp: `2026-11-24T${time}00000Z`,
    }));

    const batches = toLogBatches(lines, NOW, hash).map(({ batch }) => batch.lines.map(({ message }) => message));

    expect(batches).toEqual([
      ['05:00:00.0', '05:01:00.0'],
      ['05:01:00.1', '05:02:00.1'],
      ['05:02:00.2'],
      ['05:03:00.5'],
    ]);
  });

  it('are cut below the size of an item, a long line alone', () => {
    const lines: NewLog[] = [100, 150_000, 100_000, 900_000, 100].map((length, index) => ({
      name: 'n',
      level: 20,
      message: 'é'.repeat(length / 2),
      timestamp: `2026-11-24T05:00:0${index}.000000Z`,
      flow_run_id: 'a',
    }));

    const sizes = toLogBatches(lines, NOW, hash).map(({ batch }) => batch.lines.length);

    expect(sizes).toEqual([2, 1, 1, 1]);
  });
});

function compare(a: NewLog, b: NewLog): number {
  return a.timestamp === b.timestamp ? 0 : a.timestamp < b.timestamp ? -1 : 1;
}
