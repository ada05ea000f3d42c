import { timerFired } from '../../shared/lifecycle/timer-fired.ts';
import type { App } from '../../shared/operations/app.ts';
import type { TimerEvent } from '../../shared/operations/events/timer-events.ts';

/** Called by timers: a schedule is soon due, a run should have begun, a run far ahead has come near. */
export function createTimerFiredHandler(app: App) {
  return (event: TimerEvent): Promise<void> => timerFired(app, event);
}
