import { ClientError } from '../../domain/errors.ts';
import type { JsonObject } from '../../domain/json/json.ts';
import { validateAgainstSchema, violationSentence } from '../../domain/json/json-schema.ts';
import type { OrchestrationResult } from '../../domain/orchestration-result.ts';
import { HydrationError } from '../../domain/parameters/hydration.ts';
import type { Principal } from '../../domain/principal.ts';
import type { State, StateProposal } from '../../domain/states.ts';
import { type App, toTimestamp } from '../app.ts';
import { hydrateWithVariables } from '../deployments/hydrate-parameters.ts';
import { keepFlowRunInput } from './flow-run-inputs.ts';
import { transitionFlowRun } from './flow-run-transition.ts';
import { readFlowRunDocument } from './flow-runs.ts';

interface Resumed {
  readonly result: OrchestrationResult;
  readonly changed: boolean;
}

/**
 * `POST /flow_runs/{id}/resume`: a blocking pause goes on in its container, a suspended run gets a new one. Input that the pause
 * asked for must fit its schema and is kept for the flow to read. Throws 404; every other refusal is a result. The second of two
 * calls is told that the run is not paused.
 */
export async function resumeFlowRun(
  app: App,
  principal: Principal,
  id: string,
  runInput: JsonObject | null,
): Promise<Resumed> {
  const { state } = (await readFlowRunDocument(app, id)).run;
  if (state?.type !== 'PAUSED') return refused('ABORT', null, 'Cannot resume a flow run that is not paused.');
  const keyset = state.state_details.run_input_keyset;
  const input = keyset ? await fittingInput(app, id, keyset['schema'] ?? '', runInput ?? {}) : {};
  if (typeof input === 'string') return refused('REJECT', state, input);
  // Before the state: the flow looks for its answer as soon as it goes on. A refused resume leaves it to the next one.
  if (Object.keys(input).length > 0) await keepFlowRunInput(app, id, keyset?.['response'] ?? '', JSON.stringify(input));
  return transitionFlowRun(app, principal, id, goingOn(app, state));
}

function goingOn(app: App, paused: State): StateProposal {
  if (!paused.state_details.pause_reschedule) return { type: 'RUNNING' };
  return { type: 'SCHEDULED', name: 'Resuming', state_details: { scheduled_time: toTimestamp(app.clock.now()) } };
}

/** The input with its recipes filled in, or a sentence on why it does not fit the schema that the pause left behind. */
async function fittingInput(app: App, id: string, key: string, given: JsonObject): Promise<JsonObject | string> {
  try {
    const input = await hydrateWithVariables(app, given);
    const left = await app.store.flowRunInputs.get(id, key);
    if (!left) return 'Run input schema not found.';
    const problem = violationSentence(validateAgainstSchema(JSON.parse(left.value), input));
    return problem === null ? input : `Reason: ${problem}`;
  } catch (error) {
    if (error instanceof HydrationError) return `Error hydrating run input: ${error.message}`;
    if (error instanceof SyntaxError) return 'Run input schema is not valid JSON.';
    if (error instanceof ClientError && error.kind === 'invalid') return error.message;
    throw error;
  }
}

function refused(status: 'ABORT' | 'REJECT', state: State | null, reason: string): Resumed {
  return { result: { state, status, details: { type: 'abort_details', reason } }, changed: false };
}
