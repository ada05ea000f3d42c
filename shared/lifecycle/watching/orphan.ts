import type { FlowRunDocument } from '../../domain/flow-run-life.ts';
import { hasEnded, type Listed, type Ref } from '../../targets/target.ts';

/**
 * Who sees to a container that a cloud shows. `settled`: it has ended and needs nobody until it is left over; `look-after`: its closed attempt's own clean-up, which has everything it needs;
 * `stop` and `clean-up`: nobody does; `unknown`: its run is not in this home's store, so it may be another home's.
 */
export type Custody = 'attended' | 'settled' | 'look-after' | 'stop' | 'clean-up' | 'unknown';

/** A run that is over leaves its container a minute to end by itself, and its clean-up some minutes after that. */
export const CLOSED_SECONDS = 300;
/** The clean-up of an attempt tries for a day: what ended longer ago is left over. */
const LEFT_OVER_SECONDS = 25 * 3600;

/** Whether a sweep before found it settled, and its time to be left over has not come: its run need not be read. Pure. */
export function isSettled({ observation, endedAt }: Listed, settledBefore: string | null, now: Date): boolean {
  if (!hasEnded(observation) || !endedAt || settledBefore === null) return false;
  return endedAt < settledBefore && now.getTime() - Date.parse(endedAt) < LEFT_OVER_SECONDS * 1000;
}

/** Pure. `doc`: the run as it is, null when there is none; `jobKept`: the job of its live attempt is still there. */
export function custodyOf(listed: Listed, doc: FlowRunDocument | null, jobKept: boolean, now: Date): Custody {
  const { at, ref, observation } = listed;
  const over = hasEnded(observation);
  if (!doc || at.attempt > doc.life.attempt) return over ? 'settled' : 'unknown';
  const { life, run } = doc;
  const closedSeconds = (now.getTime() - new Date(life.ended?.at ?? run.state_timestamp ?? 0).getTime()) / 1000;
  const nobodys = (): Custody => (over ? (closedSeconds >= LEFT_OVER_SECONDS ? 'clean-up' : 'settled') : 'stop');
  if (at.attempt < life.attempt) return life.previous?.attempt === at.attempt ? 'attended' : nobodys();
  if (life.phase === 'waiting') return 'attended'; // its submission looks before it creates
  if (life.ref && !isSame(life.ref, ref)) return nobodys();
  if (life.phase === 'open' || closedSeconds < CLOSED_SECONDS) return 'attended';
  return jobKept ? 'look-after' : nobodys();
}

/** A pid may name its place in more than one way (a cluster by name and by ARN); its last part is the container. */
const isSame = (one: Ref, other: Ref): boolean => one.pid === other.pid || last(one.pid) === last(other.pid);
const last = (pid: string): string => pid.split('::').at(-1)!;
