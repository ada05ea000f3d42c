import { byTimestamp, type LogBatch, type LogLine, type NewLog } from './log.ts';

/** Plain JSON of a batch; gzipped it is far below DynamoDB's 400 KB. A single longer line makes a batch of its own. */
const BATCH_BYTES = 200 * 1024;
/** Ids number the lines of a batch in 12 bits. */
const BATCH_LINES = 4096;

/**
 * Cuts log lines into batches, one flow run each, oldest line first. `hash` gives 32 hexadecimal digits of a text: ids and
 * batch names follow from the content, so that a repeated request writes the same items again and nothing twice.
 */
export function toLogBatches(
  logs: readonly NewLog[],
  created: string,
  hash: (text: string) => string,
): { name: string; batch: LogBatch }[] {
  const byRun = Map.groupBy(logs, (log) => log.flow_run_id ?? null);
  return [...byRun].flatMap(([flowRunId, ofRun]) =>
    chunks(ofRun).map((chunk) => {
      const name = hash(JSON.stringify([flowRunId, chunk]));
      const lines = chunk.map((log, number) => toLine(log, lineId(log.timestamp, number, name)));
      return { name, batch: { created, flow_run_id: flowRunId, lines: lines.sort(byTimestamp) } };
    }),
  );
}

function chunks(logs: readonly NewLog[]): NewLog[][] {
  const result: NewLog[][] = [];
  let bytes = 0;
  for (const log of logs) {
    const size = 200 + new TextEncoder().encode(log.message).length;
    const current = result.at(-1);
    if (!current || bytes + size > BATCH_BYTES || current.length >= BATCH_LINES) {
      result.push([log]);
      bytes = size;
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

/** A UUIDv7 of the line's time whose next digits number the lines of its batch: equal times keep the order of writing. */
function lineId(timestamp: string, number: number, hash: string): string {
  const milliseconds = Math.max(0, Date.parse(timestamp)).toString(16).padStart(12, '0');
  const counter = number.toString(16).padStart(3, '0');
  const variant = ((Number.parseInt(hash[0] ?? '0', 16) & 3) | 8).toString(16);
  return `${milliseconds.slice(0, 8)}-${milliseconds.slice(8)}-7${counter}-${variant}${hash.slice(1, 4)}-${hash.slice(4, 16)}`;
}
