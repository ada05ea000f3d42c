import type { LogLine, Ref } from '../target.ts';
import { TargetError } from '../target-error.ts';
import { ask, type ModalContext } from './context.ts';
import type { ModalApi } from './credentials.ts';
import { fromRef, type SandboxRef } from './ref.ts';

const READING = { what: 'read the logs' };
const HOUR_MS = 3600 * 1000;
/** A sandbox lives a day at most: what is not in the last hour is in the last days. */
const LOOK_BACKS_MS = [HOUR_MS, 72 * HOUR_MS];
/** How long Modal may take to say which task a sandbox is, in seconds. */
const TASK_WAIT_SECONDS = 0.5;
/** Modal gives no more at once. */
const MAX_ENTRIES = 20_000;

/** The last lines of output; empty when there are none, when the sandbox never started, and when Modal does not give them. */
export async function logs(
  context: ModalContext,
  api: ModalApi,
  ref: Ref,
  { tail }: { readonly tail: number },
): Promise<LogLine[]> {
  try {
    const sandbox = fromRef(ref);
    const taskId = sandbox.taskId ?? (await taskOf(context, api, sandbox));
    return taskId ? await lastLines(context, api, sandbox.appId, taskId, tail) : [];
  } catch (error) {
    // A message without its last lines is better than none.
    if (error instanceof TargetError) return [];
    throw error;
  }
}

async function taskOf(context: ModalContext, api: ModalApi, { sandboxId, version }: SandboxRef): Promise<string> {
  const request = { sandboxId, timeout: TASK_WAIT_SECONDS };
  const once = { retries: 0 };
  const { taskId } = await ask(context, 'SandboxGetTaskId', READING, (options) =>
    version === 2
      ? api.sandboxGetTaskIdV2(request, { ...options, ...once })
      : api.sandboxGetTaskId(request, { ...options, ...once }),
  );
  return taskId ?? '';
}

async function lastLines(
  context: ModalContext,
  api: ModalApi,
  appId: string,
  taskId: string,
  tail: number,
): Promise<LogLine[]> {
  const until = context.now();
  let lines: LogLine[] = [];
  for (const backMs of LOOK_BACKS_MS) {
    const since = new Date(until.getTime() - backMs);
    const limit = Math.min(tail, MAX_ENTRIES);
    const { batches } = await ask(context, 'AppFetchLogs', READING, (options) =>
      api.appFetchLogs({ appId, taskId, since, until, limit }, options),
    );
    lines = batches.flatMap(({ items }) => items.flatMap(linesOf)).slice(-tail);
    if (lines.length >= tail) break;
  }
  return lines;
}

/** An entry is a piece of output, often several lines, with one time. */
function linesOf({ data, timestamp, timestampNs }: Entry): LogLine[] {
  const ms = Number(timestampNs) > 0 ? Number(timestampNs) / 1e6 : timestamp * 1000;
  const time = ms > 0 ? new Date(ms).toISOString() : null;
  return data
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
    .map((text) => ({ timestamp: time, text }));
}

interface Entry {
  readonly data: string;
  readonly timestamp: number;
  readonly timestampNs: string;
}
