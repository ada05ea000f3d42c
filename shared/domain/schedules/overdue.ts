import type { Schedule } from './schedule.ts';
import { firstDateAfter, later } from './window.ts';

/** The label of a deployment that says what becomes of scheduled runs found long overdue, e.g. after a paused pool. */
export const OVERDUE_LABEL = 'pushpool.overdue';
/** Overdue by less than this is not "long". */
const LONG_SECONDS = 60;

/** Prefect starts all; the label may say `newest`, or a number of seconds after which a run is skipped. */
export type OverduePolicy = { readonly keep: 'all' | 'newest' } | { readonly withinSeconds: number };

/** What the label says; a value that says nothing counts as `all`. */
export function overduePolicy(labels: Readonly<Record<string, unknown>>): OverduePolicy {
  const value = labels[OVERDUE_LABEL];
  if (value === 'newest') return { keep: 'newest' };
  const seconds = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof seconds === 'number' && seconds >= 0) return { withinSeconds: seconds };
  return { keep: 'all' };
}

/** Why a run of a schedule is skipped at `now` (UTC timestamps); null when it starts. */
export function skippedAsOverdue(policy: OverduePolicy, schedule: Schedule, due: string, now: string): string | null {
  const seconds = Math.floor((Date.parse(now) - Date.parse(due)) / 1000);
  if ('withinSeconds' in policy) {
    if (seconds <= policy.withinSeconds) return null;
    return `The run was ${seconds} s overdue when it could start; the label ${OVERDUE_LABEL} of its deployment skips runs after ${policy.withinSeconds} s.`;
  }
  if (policy.keep === 'all' || later(due, LONG_SECONDS) > now) return null;
  const newer = firstDateAfter(schedule, due);
  if (newer === null || newer > now) return null;
  return `The run was ${seconds} s overdue when it could start and a newer one of its schedule is due; the label ${OVERDUE_LABEL} of its deployment starts the newest alone.`;
}
