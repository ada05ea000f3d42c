import type { CronSchedule } from '../domain/schedules/schedule.ts';

/**
 * Timers: EventBridge Scheduler in AWS, persisted timers locally. A firing invokes the function with the payload;
 * it may come late (59 s in AWS) and more than once, so what it does must look first.
 */
export interface Timers {
  /** Sets or moves the timer of this name (`[A-Za-z0-9_.-]{1,64}`). May be called twice. */
  set(name: string, at: Date, functionName: string, payload: Record<string, unknown>): Promise<void>;
  /** Fires again and again until it is cancelled, for the first time after one interval (whole minutes). May be called twice. */
  repeat(name: string, everySeconds: number, functionName: string, payload: Record<string, unknown>): Promise<void>;
  /**
   * Fires at the times of a cron schedule until it is cancelled: five fields, each `*` or a list of numbers, at most one kind of day.
   * May be called twice.
   */
  repeatAt(name: string, cron: CronSchedule, functionName: string, payload: Record<string, unknown>): Promise<void>;
  /** Removes it; a timer that is not there is fine. */
  cancel(name: string): Promise<void>;
}
