import { byTimestamp, type LogBatch, type LogLine, type NewLog } from './log.ts';

/** Plain JSON of a batch; gzipped it is far below DynamoDB's 400 KB. A single longer line makes a batch of its own. */
const BATCH_BYTES = 200 * 1024;
/**
 * The time between a batch's first and last line, at most. So whoever reads from a time on begins this much earlier, and newest
 * first is read batch by batch.
 */
export const BATCH_SPAN_MS = 60_000;
/** Ids number the lines of a request in two groups of 12 bits. */
const GROUP = 4096;

/**
 * Cuts log lines into batches of one flow run each (of one day, for lines without a run), oldest line first. `hash` gives 32
 * hexadecimal digits of a text: ids and batch names follow from the content, so that a repeated request writes the same items
 * again and nothing twice.
 */
export function toLogBatches(
  logs: readonly NewLog[],
  created: string,
  hash: (text: string) => string,
): { name: string; batch: LogBatch }[] {
  const groups = Map.groupBy(logs, (log) => log.flow_run_id ?? log.timestamp.slice(0, 10));
  return [...groups.values()].flatMap((group) => {
    let number = 0;
    return chunks(group.toSorted(byTime)).map((chunk) => {
      const name = hash(JSON.stringify([number, chunk]));
      const lines = chunk.map((log) => toLine(log, lineId(log.timestamp, number++, name)));
      const flow_run_id = chunk[0]?.flow_run_id ?? null;
      return { name, batch: { created, flow_run_id, lines: lines.sort(byTimestamp) } };
    });
  });
}

/** Equal times keep the order of writing. */
const byTime = (a: NewLog, b: NewLog): number => (a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : 0);

function chunks(logs: readonly NewLog[]): NewLog[][] {
  const result: NewLog[][] = [];
  let bytes = 0;
  let end = 0;
  for (const log of logs) {
    const size = 200 + new TextEncoder().encode(log.message).length;
    const time = Date.parse(log.timestamp);
    const current = result.at(-1);
    if (!current || bytes + size > BATCH_BYTES || time > end) {
      result.push([log]);
      bytes = size;
      end = time + BATCH_SPAN_MS;
    } else {
      current.push(log);
      bytes += size;
    }
  }
  return result;
}

function toLine(log: NewLog, id: string): LogLine {
  const { name, level, message, timestamp } = log;
  return { id, name, level, message, timestamp, task_run_id: log.task_run_id ?? null };
}

/** A UUIDv7 of the line's time whose next digits number the lines of a request: equal times keep the order of writing. */
function lineId(timestamp: string, number: number, hash: string): string {
  const milliseconds = digits(Math.max(0, Date.parse(timestamp)), 12);
  const [high, low] = [digits(Math.floor(number / GROUP), 3), digits(number % GROUP, 3)];
  return `${milliseconds.slice(0, 8)}-${milliseconds.slice(8)}-7${high}-8${low}-${hash.slice(0, 12)}`;
}

const digits = (value: number, length: number): string => value.toString(16).padStart(length, '0');
