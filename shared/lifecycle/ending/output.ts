import type { FlowRun } from '../../domain/flow-run.ts';
import type { App } from '../../operations/app.ts';
import { appendLogs } from '../../operations/logs.ts';
import type { Job, LogLine, Ref, Target } from '../../targets/target.ts';
import { TargetError } from '../../targets/target-error.ts';
import { lifecycleLog } from '../submitting/frozen-job.ts';

const LINES = 200;
/** What is longer is cut: a container can print a megabyte without a line break, and its last lines go into a message. */
const LONGEST_LINE = 8_192;
/** How many of the last lines go into a message or an entry of the log. */
export const LAST_LINES = 20;

/** The last lines of a container. Output that the cloud does not give is no reason to fail: then there is none. */
export async function lastLines(app: App, target: Target, job: Job, ref: Ref): Promise<LogLine[]> {
  try {
    const lines = await target.logs(job, ref, { tail: LINES });
    return lines.map((line) => ({ ...line, text: line.text.slice(0, LONGEST_LINE) }));
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    app.log({
      level: 'WARN',
      message: 'The output of a container could not be read.',
      pid: ref.pid,
      error: error.message,
    });
    return [];
  }
}

/** Puts the output of a container that never spoke to the API into the run's logs, each line at its own time. */
export async function keepOutput(app: App, flowRunId: string, lines: readonly LogLine[]): Promise<void> {
  if (lines.length === 0) return;
  await appendLogs(
    app,
    lines.map((line) => ({
      ...lifecycleLog(app, flowRunId, 20, line.text, line.timestamp ?? undefined),
      name: 'pushpool.container',
    })),
  );
}

/**
 * A run whose own process called it Crashed often knows no more than an exit code, and its last log lines died with it: what the
 * container printed last goes into the log as one entry. Kept once however often it is called.
 */
export async function keepLastLines(app: App, run: FlowRun, lines: readonly LogLine[]): Promise<void> {
  if (lines.length === 0) return;
  const text = lines
    .slice(-LAST_LINES)
    .map((line) => line.text)
    .join('\n');
  const message = `Last lines of the container's output:\n${text}`;
  await appendLogs(app, [lifecycleLog(app, run.id, 40, message, run.end_time ?? run.updated)]);
}
