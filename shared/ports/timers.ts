/**
 * One-shot timers: EventBridge Scheduler in AWS, persisted timers locally. The firing calls the `timer` door with the
 * message; it may come late (59 s in AWS) and more than once, so what it does must look first.
 */
export interface Timers {
  /** Sets or moves the timer of this name (`[A-Za-z0-9_.-]{1,64}`). May be called twice. */
  set(name: string, at: Date, message: TimerMessage): Promise<void>;
  /** Removes it; a timer that is not there is fine. */
  cancel(name: string): Promise<void>;
}

export type TimerMessage =
  /** The container of a finished attempt has had its grace: stop what still runs and clean up. */
  { readonly kind: 'clean-up'; readonly flow_run_id: string; readonly attempt: number };
