import { appendFileSync, closeSync, type FSWatcher, openSync, readSync, statSync, watch } from 'node:fs';
import type { LogLine } from '../../../shared/targets/target.ts';
import { type AttemptFolder, filesOf, readIfThere } from './attempt-folder.ts';

/** Lines that come closer together share a time. */
const RESOLUTION_MS = 20;
/** How far back from the end the last lines are looked for. */
const TAIL_BYTES = 1024 * 1024;
const ECHO_BYTES = 64 * 1024;

export interface OutputClock {
  /** Notes what came last and stops listening. */
  stop(): void;
}

/**
 * The command writes its output straight into a file, so that it needs nobody to go on writing; this notes beside it when each
 * part came (`output.times`: size in bytes, milliseconds). `echo` gets the new text as well.
 */
export function startOutputClock(folder: AttemptFolder, echo: ((text: string) => void) | null): OutputClock {
  const { output, times } = filesOf(folder);
  let notedBytes = lastNoted(readIfThere(times) ?? '');
  let pending: NodeJS.Timeout | null = null;
  const note = () => {
    pending = null;
    const { size } = statSync(output, { throwIfNoEntry: false }) ?? { size: 0 };
    if (size <= notedBytes) return;
    appendFileSync(times, `${size} ${Date.now()}\n`, { mode: 0o600 });
    if (echo) echo(readRange(output, Math.max(notedBytes, size - ECHO_BYTES), size).toString('utf8'));
    notedBytes = size;
  };
  const later = () => {
    pending ??= setTimeout(note, RESOLUTION_MS);
  };
  let watcher: FSWatcher | null = null;
  let fallback: NodeJS.Timeout | null = null;
  try {
    watcher = watch(output, { persistent: false }, later);
    watcher.on('error', later); // the last look at the end notes what is left
  } catch {
    // the system has no more watches to give: look now and then
    fallback = setInterval(later, 500).unref();
  }
  later();
  return {
    stop() {
      watcher?.close();
      if (fallback) clearInterval(fallback);
      if (pending) clearTimeout(pending);
      note();
    },
  };
}

/** The last lines of output, oldest first, each with the time at which it came. */
export function readLastLines(folder: AttemptFolder, tail: number): LogLine[] {
  const { output, times } = filesOf(folder);
  const size = statSync(output, { throwIfNoEntry: false })?.size ?? 0;
  const from = Math.max(0, size - TAIL_BYTES);
  const bytes = readRange(output, from, size);
  const stamps = readTimes(readIfThere(times) ?? '');
  const lines: LogLine[] = [];
  let end = bytes.length;
  while (end > 0 && lines.length < tail) {
    const lineEnd = bytes[end - 1] === 0x0a ? end - 1 : end;
    const start = lineEnd === 0 ? 0 : bytes.lastIndexOf(0x0a, lineEnd - 1) + 1;
    const text = bytes.subarray(start, lineEnd).toString('utf8').replace(/\r$/, '');
    lines.unshift({ timestamp: timeAt(stamps, from + lineEnd), text });
    end = start;
  }
  return lines;
}

function timeAt(stamps: readonly (readonly [number, number])[], bytes: number): string | null {
  const stamp = stamps.find(([size]) => size >= bytes);
  return stamp ? new Date(stamp[1]).toISOString() : null;
}

function readTimes(text: string): [number, number][] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' ').map(Number) as [number, number]);
}

const lastNoted = (text: string): number => readTimes(text).at(-1)?.[0] ?? 0;

function readRange(path: string, from: number, to: number): Buffer {
  if (to <= from) return Buffer.alloc(0);
  const bytes = Buffer.alloc(to - from);
  const file = openSync(path, 'r');
  try {
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, from));
  } finally {
    closeSync(file);
  }
}
