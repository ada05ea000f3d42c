import { ConflictError } from '../../domain/errors.ts';
import { type Effect, type FlowRunDocument, nextGeneration, withoutEffects } from '../../domain/flow-run-life.ts';
import { isTerminal } from '../../domain/states.ts';
import { type ExecutionStart, executionName } from '../../ports/lifecycle-engine.ts';
import type { StoredItem } from '../../store/table.ts';
import type { App } from '../app.ts';
import { actionDepth, atDepth } from '../automations/action-depth.ts';
import { giveBackLease } from '../concurrency/concurrency-leases.ts';
import { giveSlotsOfRun, leaveWait } from '../concurrency/flow-run-slots.ts';
import { beyondHorizon, setLateTimer, setStartTimer, setStateTimer } from '../events/timer-events.ts';
import { mirrorStateToParent, publishStateEvent } from './flow-run-effects.ts';
import { signalOutput } from './signal-output.ts';

/**
 * Does what the last write of a flow run owes the world and clears it (rule 2). A failed effect never fails the caller: the
 * run is stored, the answer is success, and the repair does what is left (rule 3). May run twice and concurrently with itself.
 */
export async function performEffects(app: App, stored: StoredItem<FlowRunDocument>): Promise<void> {
  const done: Effect[] = [];
  for (const effect of stored.doc.life.pending) {
    try {
      await perform(app, stored.doc, effect);
      done.push(effect);
    } catch (error) {
      // Whatever it was, the effect stays owed and the repair tries again; the caller's write has succeeded.
      app.log({ message: 'effect postponed', flow_run_id: stored.doc.id, effect: effect.kind, error: String(error) });
    }
  }
  if (done.length > 0) await clear(app, stored, done);
}

async function perform(app: App, doc: FlowRunDocument, effect: Effect): Promise<void> {
  switch (effect.kind) {
    case 'start':
      return start(app, doc, effect);
    case 'signal':
      if (!doc.life.token) return;
      await app.engine.signal(doc.life.token.value, signalOutput(app, doc, doc.life.mailbox?.reason ?? 'signal'));
      return;
    case 'state-event':
      // Also when the repair publishes, and for a run that an automation made long ago: a loop is cut off by its depth.
      return atDepth(Math.max(actionDepth(), effect.depth ?? 0), () => publishStateEvent(app, doc, effect.stateId));
    case 'mirror-state':
      return mirrorStateToParent(app, doc, effect.stateId);
    case 'late-timer':
      return setLateTimer(app, doc.id, effect.due);
    case 'state-timer':
      return setStateTimer(app, doc.id, effect.stateId, effect.due);
    case 'give-slots':
      return giveSlotsOfRun(app, doc.id, effect.slots);
    case 'leave-wait':
      return leaveWait(app, effect.owner, effect.sort, effect.wake);
    case 'give-lease':
      return giveBackLease(app, effect.leaseId);
  }
}

type Start = Extract<Effect, { kind: 'start' }>;

/**
 * Far from due, only a timer stands (rule 14). Rule 4: a taken name is success while its execution runs; a closed one for a run that is not done gets the
 * next generation.
 */
async function start(app: App, doc: FlowRunDocument, effect: Start): Promise<void> {
  const input = inputOf(doc, effect);
  if (beyondHorizon(app, input.until)) return setStartTimer(app, input, input.until);
  const name = executionName(input);
  if ((await app.engine.start(name, input)) === 'started') return;
  if ((await app.engine.describe(name)) === 'running') return;
  await startNextGeneration(app, doc, effect);
}

/**
 * Sees to it that an execution works for a run that is not done: one that somebody stopped, or that broke, is followed by
 * another under the next generation. May be repeated.
 */
export async function keepExecution(app: App, doc: FlowRunDocument): Promise<void> {
  const { attempt, generation } = doc.life;
  const effect: Start = { kind: 'start', attempt, generation };
  const found = await app.engine.describe(executionName(inputOf(doc, effect)));
  if (found === 'unknown') await start(app, doc, effect);
  if (found === 'closed') await startNextGeneration(app, doc, effect);
}

async function startNextGeneration(app: App, doc: FlowRunDocument, { generation }: Start): Promise<void> {
  const raised = await app.store.flowRuns.table.update<FlowRunDocument>(app.store.flowRuns.key(doc.id), (current) => {
    const stillOwed = current.life.generation === generation && current.life.phase !== 'closed';
    if (!stillOwed || isTerminal(current.run.state_type)) return null;
    return app.store.flowRuns.write({ ...current, life: nextGeneration(current.life, current.life.attempt) });
  });
  const next = raised?.doc.life.pending.find((owed) => owed.kind === 'start');
  if (raised && next?.kind === 'start' && next.generation > generation) await start(app, raised.doc, next);
}

const inputOf = ({ id, run }: FlowRunDocument, { attempt, generation }: Start): ExecutionStart => ({
  contract: 1,
  flow_run_id: id,
  attempt,
  generation,
  until: run.state?.state_details.scheduled_time ?? run.expected_start_time ?? run.created,
});

/** Clears on the revision that was written; if somebody wrote since, on theirs. */
async function clear(app: App, stored: StoredItem<FlowRunDocument>, done: readonly Effect[]): Promise<void> {
  const signalled = done.some((effect) => effect.kind === 'signal');
  const cleared = (doc: FlowRunDocument): FlowRunDocument => {
    const life = withoutEffects(doc.life, done);
    const answered = signalled && life.token?.value === stored.doc.life.token?.value;
    return { ...doc, life: answered ? { ...life, token: null } : life };
  };
  try {
    await app.store.flowRuns.replace(stored, cleared(stored.doc));
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    await app.store.flowRuns.table.update<FlowRunDocument>(stored.key, (doc) => app.store.flowRuns.write(cleared(doc)));
  }
}
