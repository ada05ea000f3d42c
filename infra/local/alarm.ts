/** setTimeout holds at most 2^31-1 ms, and its clock may stand still while a laptop sleeps: look at the time of day again by then. */
const LONGEST_STEP_MS = 5 * 60 * 1000;

export interface Alarm {
  cancel(): void;
}

/** Calls `ring` once at the time of day `atMs` (soon when it has passed, never at once), however far away it is. Does not keep the process alive. */
export function setAlarm(atMs: number, ring: () => void): Alarm {
  let timer: NodeJS.Timeout;
  const arm = () => {
    const leftMs = atMs - Date.now(); // looked at again when the timer fires: it may fire a millisecond early
    if (leftMs <= 0) return ring();
    timer = setTimeout(arm, Math.min(leftMs, LONGEST_STEP_MS)).unref();
  };
  timer = setTimeout(arm, 0).unref();
  return { cancel: () => clearTimeout(timer) };
}
