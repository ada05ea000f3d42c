import type { FlowRunDocument } from '../../domain/flow-run-life.ts';
import { isTerminal, type StateProposal } from '../../domain/states.ts';
import type { Cause, Observation } from '../../targets/target.ts';
import { LAST_LINES } from './output.ts';

/** What the end of a container means for its run. */
export type Verdict =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'next-attempt'; readonly infrastructure: boolean }
  | {
      readonly kind: 'state';
      /** The proposal, made from the last lines of output. */
      readonly state: (lastLines: readonly string[]) => StateProposal;
      /** The container never spoke to the API: what it printed is the run's only log. */
      readonly keepOutput: boolean;
    };

/** Causes that lie with the infrastructure and may not come again. */
const TRANSIENT_CAUSES: ReadonlySet<Cause> = new Set(['capacity', 'spot', 'host']);
const INFRASTRUCTURE_RETRIES = 3;

/**
 * Exit code 0 proves nothing for an engine run: it is 0 for Failed and Paused too, so the reported state counts. Only a
 * container that never spoke to the API is Completed or Failed by its exit code. A terminal state is never overwritten.
 */
export function verdict(doc: FlowRunDocument, seen: Observation): Verdict {
  const { run, life } = doc;
  const { state } = run;
  if (life.tombstone || !state || isTerminal(state.type)) return { kind: 'nothing' };
  switch (state.type) {
    case 'PAUSED':
      return state.state_details.pause_reschedule
        ? { kind: 'nothing' }
        : crashed(seen, 'while the flow run was paused');
    case 'SCHEDULED':
      return { kind: 'next-attempt', infrastructure: false };
    case 'CANCELLING':
      return plain({ type: 'CANCELLED', message: `The flow run was cancelled. ${seen.message}`.trim() });
    case 'PENDING':
      return pending(doc, seen);
    default:
      return crashed(seen, 'while the flow was running');
  }
}

function pending({ life }: FlowRunDocument, seen: Observation): Verdict {
  const retryable = seen.cause !== undefined && TRANSIENT_CAUSES.has(seen.cause);
  if (retryable && life.infrastructureRetries < INFRASTRUCTURE_RETRIES)
    return { kind: 'next-attempt', infrastructure: true };
  if (!life.ref)
    return plain({ type: 'CRASHED', message: `Failed to submit flow run to infrastructure: ${seen.message}` });
  if (life.spoke || seen.exitCode === undefined || seen.phase === 'gone')
    return crashed(seen, 'before the flow started');
  if (seen.exitCode === 0) return plain({ type: 'COMPLETED', message: 'The container exited with code 0.' }, true);
  return {
    kind: 'state',
    keepOutput: true,
    state: (lines) => ({
      type: 'FAILED',
      message: withLines(`The container exited with code ${seen.exitCode}.`, lines),
    }),
  };
}

function crashed(seen: Observation, when: string): Verdict {
  const code = seen.exitCode === undefined ? '' : ` with exit code ${seen.exitCode}`;
  const what = seen.phase === 'gone' ? `The container is gone (${when}).` : `The container ended${code} ${when}.`;
  return {
    kind: 'state',
    keepOutput: false,
    state: (lines) => ({ type: 'CRASHED', message: withLines(`${what} ${seen.message}`.trim(), lines) }),
  };
}

const plain = (state: StateProposal, keepOutput = false): Verdict => ({
  kind: 'state',
  keepOutput,
  state: () => state,
});

function withLines(message: string, lines: readonly string[]): string {
  const last = lines.slice(-LAST_LINES);
  return last.length === 0 ? message : `${message} Last lines of output:\n${last.join('\n')}`;
}
