import type { ChildProcess } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasEnded, type Observation } from '../../../shared/targets/target.ts';
import type { Alarm } from '../alarm.ts';
import { type AttemptFolder, filesOf, readIfThere } from './attempt-folder.ts';
import { describeProcess } from './describe.ts';
import { type OutputClock, startOutputClock } from './output.ts';
import { killAfter } from './stop.ts';

/** How often processes are looked at that are not our own children: nobody tells us of their end. */
const ADOPTED_CHECK_MS = 250;
const REPORT_RETRY_SECONDS = [1, 5, 30, 60];

export interface ContainerEndedEvent {
  readonly flow_run_id: string;
  readonly attempt: number;
  readonly observation: Observation;
}

export interface WatchOptions {
  readonly graceSeconds: number;
  /** Told once per attempt, again after a restart when it may not have been heard; tried again when it throws. */
  readonly onEnded: (event: ContainerEndedEvent) => Promise<unknown>;
  readonly echo: ((folder: AttemptFolder, text: string) => void) | null;
  readonly log: (line: Record<string, unknown>) => void;
}

export interface Watcher {
  /** From now on the attempt's end is reported; `child` when the process is ours. May be called twice. */
  watch(folder: AttemptFolder, child: ChildProcess | null): void;
  /** A stop was asked for: kill after the grace. */
  stopping(folder: AttemptFolder): void;
  close(): void;
}

interface Watched {
  readonly clock: OutputClock;
  kill: Alarm | null;
}

/** Notices the end of processes: by the exit event of our children, by a look four times a second at adopted ones. */
export function createWatcher(options: WatchOptions): Watcher {
  const watched = new Map<string, Watched>();
  const adopted = new Map<string, AttemptFolder>();
  let timer: NodeJS.Timeout | null = null;
  let closed = false;

  function check(folder: AttemptFolder): void {
    if (closed || !watched.has(folder.path)) return;
    const observation = describeProcess(folder);
    if (!hasEnded(observation)) return;
    watched.get(folder.path)?.clock.stop();
    watched.get(folder.path)?.kill?.cancel();
    watched.delete(folder.path);
    adopted.delete(folder.path);
    void report(folder, observation);
  }

  async function report(folder: AttemptFolder, observation: Observation): Promise<void> {
    const { flowRunId, attempt } = folder.at;
    for (const waitSeconds of [...REPORT_RETRY_SECONDS, null]) {
      if (closed) return; // the next home reports it
      try {
        await options.onEnded({ flow_run_id: flowRunId, attempt, observation });
        if (existsSync(folder.path)) writeFileSync(filesOf(folder).reported, '');
        return;
      } catch (error) {
        options.log({
          level: 'ERROR',
          message: 'The end of a process could not be reported.',
          flow_run_id: flowRunId,
          attempt,
          error: String(error),
        });
        if (waitSeconds !== null) await sleep(waitSeconds * 1000, undefined, { ref: false });
      }
    }
  }

  function lookAtAdopted(): void {
    for (const folder of adopted.values()) check(folder);
    if (adopted.size === 0 && timer) {
      clearInterval(timer);
      timer = null;
    }
  }

  return {
    watch(folder, child) {
      if (closed || watched.has(folder.path)) return;
      const { echo } = options;
      const clock = startOutputClock(folder, echo && wantsEcho(folder) ? (text) => echo(folder, text) : null);
      watched.set(folder.path, { clock, kill: killAfter(folder, options.graceSeconds) });
      if (child && child.exitCode === null && child.signalCode === null) {
        child.once('exit', () => check(folder));
      } else {
        adopted.set(folder.path, folder);
        timer ??= setInterval(lookAtAdopted, ADOPTED_CHECK_MS).unref();
        setImmediate(check, folder);
      }
    },
    stopping(folder) {
      const entry = watched.get(folder.path);
      if (entry) entry.kill ??= killAfter(folder, options.graceSeconds);
    },
    close() {
      closed = true;
      if (timer) clearInterval(timer);
      for (const { clock, kill } of watched.values()) {
        clock.stop();
        kill?.cancel();
      }
    },
  };
}

function wantsEcho(folder: AttemptFolder): boolean {
  const intent = readIfThere(filesOf(folder).intent);
  return intent !== null && (JSON.parse(intent) as { stream_output?: boolean }).stream_output === true;
}
