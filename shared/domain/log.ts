/** A log line as the API answers it (Prefect's `Log`). */
export interface Log {
  readonly id: string;
  readonly created: string;
  readonly updated: string;
  readonly name: string;
  readonly level: number;
  readonly message: string;
  readonly timestamp: string;
  readonly flow_run_id: string | null;
  readonly task_run_id: string | null;
}

/** A log line as somebody writes it (Prefect's `LogCreate`). */
export type NewLog = Pick<Log, 'name' | 'level' | 'message' | 'timestamp'> &
  Partial<Pick<Log, 'flow_run_id' | 'task_run_id'>>;

/** Log lines kept in one item, oldest first; what they share is said once. */
export interface LogBatch {
  readonly created: string;
  readonly flow_run_id: string | null;
  readonly lines: readonly LogLine[];
}
export type LogLine = Pick<Log, 'id' | 'name' | 'level' | 'message' | 'timestamp' | 'task_run_id'>;

export function logsOfBatch({ created, flow_run_id, lines }: LogBatch): Log[] {
  return lines.map((line) => ({ ...line, created, updated: created, flow_run_id }));
}

/** The order in which logs are read: by time, equal times by id, which follows the order of writing. */
export function byTimestamp(a: LogLine, b: LogLine): number {
  if (a.timestamp !== b.timestamp) return a.timestamp < b.timestamp ? -1 : 1;
  return a.id === b.id ? 0 : a.id < b.id ? -1 : 1;
}
