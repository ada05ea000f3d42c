import type { FlowRunDocument } from '../domain/flow-run-life.ts';
import { signalsFinish } from '../domain/flow-run-life.ts';
import type { App } from '../operations/app.ts';
import { signalOutput } from '../operations/flow-runs/signal-output.ts';
import type { ExecutionInput } from '../ports/lifecycle-engine.ts';

/**
 * Stores the task token of the execution that waits, in one conditional write that fails when there is nothing left to wait
 * for; then it signals itself (rule 1).
 *
 * If run twice: the second call stores the newer token. A signal between write and wait finds the token or leaves a marker.
 */
export async function awaitSignal(
  app: App,
  input: ExecutionInput,
  token: string,
  waitsFor: 'signal' | 'end',
): Promise<void> {
  let waiting = false;
  const stored = await app.store.flowRuns.update(input.flow_run_id, (doc) => {
    waiting = doc.life.generation === input.generation && !hasReasonToGoOn(doc, waitsFor);
    if (!waiting) return null;
    return { ...doc, life: { ...doc.life, token: { value: token, generation: input.generation, waitsFor } } };
  });
  if (!waiting) await app.engine.signal(token, signalOutput(app, stored, 'nothing to wait for'));
}

/** A mark in the mailbox always; before the first wait also a state that ends it. While a container ends, only its end counts. */
function hasReasonToGoOn(doc: FlowRunDocument, waitsFor: 'signal' | 'end'): boolean {
  const { life, run } = doc;
  if (life.mailbox?.generation === life.generation || life.ended) return true;
  if (waitsFor === 'end') return false;
  return life.tombstone || life.phase === 'closed' || run.state === null || signalsFinish(run.state);
}
