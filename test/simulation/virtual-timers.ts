import { firstDateAfter } from '../../shared/domain/schedules/window.ts';
import type { Timers } from '../../shared/ports/timers.ts';
import type { Clockwork } from './clockwork.ts';

/** Timers in virtual time, with the names of those that are set. */
export function virtualTimers(
  clockwork: Clockwork,
  invoke: (name: string, payload: unknown) => Promise<unknown>,
): Timers & { names: () => string[] } {
  const set = new Map<string, object>();
  return {
    names: () => [...set.keys()],
    async set(name, at, functionName, payload) {
      const timer = {};
      set.set(name, timer);
      const fire = async (tries: number): Promise<void> => {
        if (set.get(name) !== timer) return;
        try {
          await invoke(functionName, payload);
        } catch {
          // rule 16: two more tries
          if (tries < 2) return clockwork.after(10, () => fire(tries + 1));
        }
        if (set.get(name) === timer) set.delete(name);
      };
      clockwork.at(at, () => fire(0));
    },
    async repeat(name, everySeconds, functionName, payload) {
      const timer = {};
      set.set(name, timer);
      const fire = async (): Promise<void> => {
        if (set.get(name) !== timer) return;
        clockwork.after(everySeconds, fire);
        await invoke(functionName, payload).catch(() => {}); // the next minute looks again
      };
      clockwork.after(everySeconds, fire);
    },
    async repeatAt(name, cron, functionName, payload) {
      const timer = {};
      set.set(name, timer);
      const again = (): void => {
        const next = firstDateAfter(cron, clockwork.now().toISOString().replace('Z', '000Z'));
        if (next !== null) clockwork.at(new Date(next), fire);
      };
      const fire = async (): Promise<void> => {
        if (set.get(name) !== timer) return;
        again();
        await invoke(functionName, payload).catch(() => {}); // the next time looks again
      };
      again();
    },
    async cancel(name) {
      set.delete(name);
    },
  };
}
