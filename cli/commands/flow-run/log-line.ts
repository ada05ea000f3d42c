import type { Log } from '../../../shared/api/client/logs.ts';
import type { Output } from '../../output/output.ts';
import { clockTime } from '../../output/times.ts';

const LEVELS: readonly [least: number, name: string][] = [
  [50, 'CRITICAL'],
  [40, 'ERROR'],
  [30, 'WARNING'],
  [20, 'INFO'],
  [10, 'DEBUG'],
];

/** A line as Prefect's own console shows it. */
export function logLine({ colors }: Output, log: Log): string {
  const level = LEVELS.find(([least]) => log.level >= least)?.[1] ?? String(log.level);
  const paint = log.level >= 40 ? colors.red : log.level >= 30 ? colors.yellow : (text: string) => text;
  return `${colors.dim(clockTime(log.timestamp))} | ${paint(level.padEnd(7))} | ${log.name} - ${log.message}`;
}
