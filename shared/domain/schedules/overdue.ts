import type { Schedule } from './schedule.ts';
import { firstDateAfter, later } from './window.ts';

/**
 * The tag of a deployment that says what becomes of scheduled runs found long overdue, e.g. after a paused pool:
 * `pushpool.overdue:newest`. A tag, because every client can set one and a redeploy keeps it.
 */
export const OVERDUE_TAG = 'pushpool.overdue';
/** Overdue by less than this is not "long". */
const LONG_SECONDS = 60;

/** Prefect starts all; the tag may say `newest`, or a number of seconds after which a run is skipped. */
export type OverduePolicy = { readonly keep: 'all' | 'newest' } | { readonly withinSeconds: number };

/** What the tags say; a value that says nothing counts as `all`. */
export function overduePolicy(tags: readonly string[]): OverduePolicy {
  const value = tags.find((tag) => tag.startsWith(`${OVERDUE_TAG}:`))?.slice(OVERDUE_TAG.length + 1);
  if (value === 'newest') return { keep: 'newest' };
  return value && /^\d+$/.test(value) ? { withinSeconds: Number(value) } : { keep: 'all' };
}

/** Why a run of a schedule is skipped at `now` (UTC timestamps); null when it starts. */
export function skippedAsOverdue(policy: OverduePolicy, schedule: Schedule, due: string, now: string): string | null {
  const seconds = Math.floor((Date.parse(now) - Date.parse(due)) / 1000);
  if ('withinSeconds' in policy) {
    if (seconds <= policy.withinSeconds) return null;
    return `The run was ${seconds} s overdue when it could start; the tag ${OVERDUE_TAG} of its deployment skips runs after ${policy.withinSeconds} s.`;
  }
  if (policy.keep === 'all' || later(due, LONG_SECONDS) > now) return null;
  const newer = firstDateAfter(schedule, due);
  if (newer === null || newer > now) return null;
  return `The run was ${seconds} s overdue when it could start and a newer one of its schedule is due; the tag ${OVERDUE_TAG} of its deployment starts the newest alone.`;
}
