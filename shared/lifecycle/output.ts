import type { App } from '../operations/app.ts';
import { appendLogs } from '../operations/logs.ts';
import type { LogLine } from '../targets/target.ts';
import { lifecycleLog } from './frozen-job.ts';

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
