import type { FlowRunDocument } from '../../domain/flow-run-life.ts';
import { isTerminal } from '../../domain/states.ts';
import type { App } from '../../operations/app.ts';
import { appendLogs } from '../../operations/logs.ts';
import { type ExecutionInput, executionName } from '../../ports/lifecycle-engine.ts';
import { abandon } from '../ending/abandon.ts';
import { lifecycleLog } from '../submitting/frozen-job.ts';
import { renew } from './renew.ts';

/** An execution that has ended, and not by its last step. */
export interface ExecutionEnded {
  readonly input: ExecutionInput;
  /** As Step Functions says it; who stops an execution by hand makes it ABORTED. */
  readonly status: 'ABORTED' | 'TIMED_OUT' | 'FAILED';
  /** How long it lived. */
  readonly seconds: number;
}

const WARNING = 30;
/** What breaks at once breaks again: executions that lived no longer than this are counted. */
const SHORT_SECONDS = 600;
/** So many of them in a row are followed by another. */
const MOST_IN_A_ROW = 3;

/**
 * A run that still has to go on gets another execution in place of one that somebody stopped or that broke (decision 070), which
 * looks at everything afresh; after several in a row within minutes it ends with a state that says so. Changes nothing for a run
 * that is over or that a newer execution works for: events come late, twice and out of order. Safe to run twice.
 */
export async function executionEnded(app: App, { input, status, seconds }: ExecutionEnded): Promise<void> {
  const stored = await app.store.flowRuns.read(input.flow_run_id);
  if (!stored || !needsExecution(stored.doc, input)) return;
  const { doc } = stored;
  const inARow = seconds < SHORT_SECONDS ? (doc.life.lostExecutions ?? 0) + 1 : 1;
  if (inARow > MOST_IN_A_ROW) {
    const message = `${inARow} executions that saw to this attempt ended one after the other, each within minutes; the last, ${executionName(input)}, ${ENDED[status]}. Look in Step Functions for who or what ends them, then retry the run. To end a run, cancel it.`;
    return abandon(app, input, message);
  }
  if (!(await renew(app, doc, (life) => ({ ...life, lostExecutions: inARow })))) return;
  const message = `The execution that saw to this run ${ENDED[status]}; another goes on in its place. To end a run, cancel it.`;
  await appendLogs(app, [lifecycleLog(app, doc.id, WARNING, message)]);
}

const ENDED: Readonly<Record<ExecutionEnded['status'], string>> = {
  ABORTED: 'was stopped by hand (ABORTED)',
  TIMED_OUT: 'ran out of time (TIMED_OUT)',
  FAILED: 'failed (FAILED)',
};

/** The execution of this generation was the last that works for a run which is not over, or whose container is not cleaned up. */
function needsExecution({ life, run }: FlowRunDocument, { generation }: ExecutionInput): boolean {
  if (life.generation !== generation || life.phase === 'closed') return false;
  return life.phase === 'open' || life.previous !== null || !isTerminal(run.state_type);
}
