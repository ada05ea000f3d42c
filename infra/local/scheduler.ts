import { join } from 'node:path';
import type { CronSchedule } from '../../shared/domain/schedules/schedule.ts';
import { firstDateAfter } from '../../shared/domain/schedules/window.ts';
import type { Timers } from '../../shared/ports/timers.ts';
import { type Alarm, setAlarm } from './alarm.ts';
import { openJournal } from './journal.ts';
import type { Functions } from './lambda.ts';

interface Timer {
  readonly atMs: number;
  readonly functionName: string;
  readonly payload: Record<string, unknown>;
  /** Set again after each firing. */
  readonly everyMs?: number;
  /** Set again for the next of these times. */
  readonly cron?: CronSchedule;
}

function checkName(name: string): void {
  if (!NAME.test(name)) throw new Error(`A timer's name is 1 to 64 of A-Z a-z 0-9 _ . -, not "${name}".`);
}

/** One line of the journal: a timer as it was set, or its removal. */
interface Entry {
  readonly name: string;
  readonly timer: Timer | null;
}

export interface LocalTimers extends Timers {
  /** Starts keeping time; what became due while no home was running fires at once. */
  resume(): void;
  /** How many timers are set. */
  readonly size: number;
  /** Fires no more; what is set from now on is for the next home. */
  suspend(): void;
  close(): void;
}

export interface SchedulerOptions {
  readonly dataFolder: string;
  readonly functions: Functions;
  readonly log: (line: Record<string, unknown>) => void;
  /** The wait before each further try of a firing that failed; then it is given up (rule 16: two retries). @default [1, 10] */
  readonly retrySeconds?: readonly number[];
}

const NAME = /^[A-Za-z0-9_.-]{1,64}$/;

/**
 * Timers in a journal in the data folder. A timer is forgotten only after its function has answered, so a home that is
 * killed in between fires it again: the function looks first.
 */
export function createScheduler(options: SchedulerOptions): LocalTimers {
  const timers = new Map<string, Timer>();
  const alarms = new Map<string, Alarm>();
  const journal = openJournal<Entry>(join(options.dataFolder, 'timers.jsonl'), (entries) => {
    for (const { name, timer } of entries) timer ? timers.set(name, timer) : timers.delete(name);
    return [...timers].map(([name, timer]) => ({ name, timer }));
  });
  let running = false;

  function arm(name: string, timer: Timer): void {
    alarms.get(name)?.cancel();
    if (running)
      alarms.set(
        name,
        setAlarm(timer.atMs, () => void fire(name, timer, options.retrySeconds ?? [1, 10])),
      );
  }

  async function fire(name: string, timer: Timer, retrySeconds: readonly number[]): Promise<void> {
    if (!running || timers.get(name) !== timer) return;
    try {
      await options.functions.invoke(timer.functionName, timer.payload);
      forget(name, timer);
    } catch (error) {
      const [waitSeconds, ...later] = retrySeconds;
      options.log({
        level: 'ERROR',
        message: waitSeconds === undefined ? 'A timer is given up.' : 'A timer failed and is tried again.',
        timer: name,
        function: timer.functionName,
        error: String(error),
      });
      if (waitSeconds === undefined) return forget(name, timer);
      alarms.set(
        name,
        setAlarm(Date.now() + waitSeconds * 1000, () => void fire(name, timer, later)),
      );
    }
  }

  /** Unless it has been set anew meanwhile. */
  function forget(name: string, timer: Timer): void {
    if (timers.get(name) !== timer) return;
    const atMs = nextAfter(timer);
    if (atMs === null) remove(name);
    else set(name, { ...timer, atMs });
  }

  function set(name: string, timer: Timer): void {
    timers.set(name, timer);
    journal.append({ name, timer });
    arm(name, timer);
  }

  function remove(name: string): void {
    timers.delete(name);
    alarms.delete(name);
    journal.append({ name, timer: null });
  }

  return {
    async set(name, at, functionName, payload) {
      checkName(name);
      set(name, { atMs: at.getTime(), functionName, payload: JSON.parse(JSON.stringify(payload)) });
    },
    async repeat(name, everySeconds, functionName, payload) {
      checkName(name);
      const everyMs = everySeconds * 1000;
      set(name, {
        atMs: Date.now() + everyMs,
        everyMs,
        functionName,
        payload: JSON.parse(JSON.stringify(payload)),
      });
    },
    async repeatAt(name, cron, functionName, payload) {
      checkName(name);
      const timer = { cron, functionName, payload: JSON.parse(JSON.stringify(payload)) };
      const atMs = nextAfter(timer);
      if (atMs !== null) set(name, { ...timer, atMs });
    },
    async cancel(name) {
      alarms.get(name)?.cancel();
      if (timers.has(name)) remove(name);
    },
    resume() {
      running = true;
      for (const [name, timer] of timers) arm(name, timer);
    },
    get size() {
      return timers.size;
    },
    suspend() {
      running = false;
      for (const alarm of alarms.values()) alarm.cancel();
    },
    close() {
      this.suspend();
      journal.close();
    },
  };
}

/** When a repeated timer fires next, from now on; null for one that fires once. */
function nextAfter({ everyMs, cron }: Pick<Timer, 'everyMs' | 'cron'>): number | null {
  if (everyMs !== undefined) return Date.now() + everyMs;
  const date = cron ? firstDateAfter(cron, new Date().toISOString().replace('Z', '000Z')) : null;
  return date === null ? null : Date.parse(date);
}
