import type { App } from '../../operations/app.ts';

/** What a sweep is called with. */
export interface SweepInput {
  readonly pool_id: string;
}

const EVERY_SECONDS = 900;
/** A sweep that is so much overdue has lost its timer. */
const LOST_SECONDS = 600;

const timerName = ({ pool_id }: SweepInput): string => `sweep-${pool_id}`;

/** Whether a sweep still stands; `due` is what the watch's item says. */
export const isArmed = (app: App, due: string | null | undefined): boolean =>
  !!due && app.clock.now().getTime() < new Date(due).getTime() + LOST_SECONDS * 1000;

/** Sets the next sweep of a pool and answers when it is due. May be called twice. */
export async function armSweep(app: App, poolId: string, functionName: string): Promise<string> {
  const input: SweepInput = { pool_id: poolId };
  const at = new Date(app.clock.now().getTime() + EVERY_SECONDS * 1000);
  await app.timers.set(timerName(input), at, functionName, { step: 'sweep', input });
  return at.toISOString();
}

export const disarmSweep = (app: App, poolId: string): Promise<void> =>
  app.timers.cancel(timerName({ pool_id: poolId }));
