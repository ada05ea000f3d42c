import { v7 } from 'uuid';
import { createTimerFiredHandler } from '../../functions/triggers/timer-fired.ts';
import { TransientError } from '../../shared/domain/errors.ts';
import { TIMER_FUNCTION, type TimerEvent } from '../../shared/operations/events/timer-events.ts';
import { repairAll } from '../../shared/operations/repair.ts';
import type { Timers } from '../../shared/ports/timers.ts';
import { type TestApp, testApp } from '../test-app.ts';
import { type Kill, Killed, Killer } from './kill.ts';

interface SetTimer {
  readonly at: number;
  readonly everySeconds: number | null;
  readonly payload: Record<string, unknown>;
}

/** A client asks again what was not answered, a scheduler calls again what died: so often, and rule 16 wants no more. */
const TRIES = 3;
const REPAIR_AGAIN_SECONDS = 11;

/**
 * The program with timers in virtual time, every call of which can be the one where its process dies. After a death the home
 * is started again: the repair runs, and who was not answered asks again.
 */
export class TimersInTime {
  readonly home: TestApp;
  readonly killer: Killer;
  readonly #timers: Map<string, SetTimer>;
  readonly #fired: (payload: TimerEvent) => Promise<unknown>;
  #repairs: number | null = null;

  private constructor(home: TestApp, killer: Killer, timers: Map<string, SetTimer>) {
    this.home = home;
    this.killer = killer;
    this.#timers = timers;
    this.#fired = createTimerFiredHandler(home.app);
  }

  static async start(): Promise<TimersInTime> {
    const killer = new Killer();
    const { awaited } = killer;
    const timers = new Map<string, SetTimer>();
    let now = new Date('2027-03-01T12:00:00Z');
    const set = (name: string, at: number, functionName: string, payload: SetTimer['payload'], every: number | null) =>
      awaited(`timers set ${name.split('-')[0]}`, async () => {
        if (functionName === TIMER_FUNCTION) timers.set(name, { at, everySeconds: every, payload });
      });
    const port: Timers = {
      set: (name, at, functionName, payload) => set(name, at.getTime(), functionName, payload, null),
      repeat: (name, seconds, functionName, payload) =>
        set(name, now.getTime() + seconds * 1000, functionName, payload, seconds),
      repeatAt: async () => {},
      cancel: (name) => awaited('timers cancel', async () => void timers.delete(name)),
    };
    const home = await testApp({ awaited, ports: { timers: port, clock: { now: () => now, newId: () => v7() } } });
    Object.assign(home, { advance: (seconds: number) => (now = new Date(now.getTime() + seconds * 1000)) });
    return new TimersInTime(home, killer, timers);
  }

  /** Names of the timers that stand. */
  get names(): string[] {
    return [...this.#timers.keys()].sort();
  }

  get now(): Date {
    return this.home.app.clock.now();
  }

  /** A request by a client that asks again when it gets no answer. Throws for an answer that is no success. */
  async call(method: string, path: string, body?: unknown): Promise<Answered> {
    return this.surviving(async () => {
      const answer = await this.home.call(method, path, body);
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
      return answer.body;
    });
  }

  /** Lets time pass; timers fire at theirs, and those that die fire again. */
  async go(seconds: number): Promise<void> {
    const end = this.now.getTime() + seconds * 1000;
    for (;;) {
      const [name, timer] = [...this.#timers].sort(([, a], [, b]) => a.at - b.at)[0] ?? [];
      if (this.#repairs !== null && this.#repairs <= Math.min(end, timer?.at ?? end)) {
        this.home.advance(Math.max(0, this.#repairs - this.now.getTime()) / 1000);
        this.#repairs = null;
        await this.#startAgain();
        continue;
      }
      if (!name || !timer || timer.at > end) break;
      this.home.advance(Math.max(0, timer.at - this.now.getTime()) / 1000);
      await this.surviving(() => this.#fired(timer.payload as TimerEvent));
      // Forgotten only when its function has answered, unless it has been set anew meanwhile.
      if (this.#timers.get(name) !== timer) continue;
      if (timer.everySeconds === null) this.#timers.delete(name);
      else this.#timers.set(name, { ...timer, at: this.now.getTime() + timer.everySeconds * 1000 });
    }
    this.home.advance((end - this.now.getTime()) / 1000);
  }

  /** Work of a process that may be killed: whatever it was, it is begun again after a new start of the home. */
  async surviving<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      let done: [T] | null = null;
      const run = async () => {
        done = [await work()];
      };
      if (await this.survives(run)) return done![0];
      if (attempt === TRIES) throw new Killed('Killed at every attempt.');
    }
  }

  /** False when the process was killed at it; then the home has been started again. */
  async survives(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await this.killer.run(work);
      return true;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      await this.#startAgain();
      return false;
    }
  }

  /** The repair; one that cannot be done yet is done later. */
  async #startAgain(): Promise<void> {
    try {
      await this.killer.run(() => repairAll(this.home.app));
    } catch (error) {
      if (error instanceof Killed) return this.#startAgain();
      if (!(error instanceof TransientError)) throw error;
      this.#repairs = this.now.getTime() + REPAIR_AGAIN_SECONDS * 1000;
    }
  }
}

// biome-ignore lint/suspicious/noExplicitAny: answers are whatever JSON the API sends
type Answered = any;

/** One story of timers: what is made before anybody dies, what happens then, and what must be so at the end. */
export interface TimerStory {
  readonly name: string;
  readonly prepare: (world: TimersInTime) => Promise<Record<string, string>>;
  readonly happens: (world: TimersInTime, ids: Record<string, string>) => Promise<void>;
  /** Sentences about what is wrong. */
  readonly wrong: (world: TimersInTime, ids: Record<string, string>) => Promise<string[]>;
}

/** Tells a story with a death at every `every`th awaited call, before and after its effect, and once without; what was wrong, each with its place. */
export async function killTimersEverywhere(story: TimerStory, every: number): Promise<string[]> {
  const { calls, wrong } = await tell(story, []);
  const found = [...wrong];
  for (let at = 1; at <= calls.length; at += every) {
    for (const when of ['before', 'after'] as const) {
      const told = await tell(story, [{ at, when }]);
      found.push(...told.wrong.map((sentence) => `killed ${when} ${at} ${calls[at - 1]}: ${sentence}`));
    }
  }
  return found;
}

export async function tell(story: TimerStory, kills: readonly Kill[]): Promise<{ calls: string[]; wrong: string[] }> {
  const world = await TimersInTime.start();
  try {
    const ids = await story.prepare(world);
    world.killer.calls.length = 0;
    world.killer.kill = kills[0] ?? null;
    await story.happens(world, ids);
    world.killer.kill = null;
    return { calls: [...world.killer.calls], wrong: await story.wrong(world, ids) };
  } catch (error) {
    return { calls: [], wrong: [String(error)] };
  } finally {
    await world.home.close();
  }
}
