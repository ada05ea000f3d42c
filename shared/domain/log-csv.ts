import type { Log } from './log.ts';

const HEADER = ['timestamp', 'level', 'flow_run_id', 'task_run_id', 'message'];

/** Log lines as Prefect downloads them: RFC 4180, times as Python prints them. */
export function logsAsCsv(logs: readonly Log[]): string {
  const rows = logs.map((log) => [pythonTime(log.timestamp), log.level, log.flow_run_id, log.task_run_id, log.message]);
  return [HEADER, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

function field(value: string | number | null): string {
  const text = String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** `2026-11-24T10:00:00.500000Z` as `2026-11-24 10:00:00.500000+00:00`; without microseconds when there are none. */
function pythonTime(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 19)}${time.slice(19, 26).replace('.000000', '')}+00:00`;
}
