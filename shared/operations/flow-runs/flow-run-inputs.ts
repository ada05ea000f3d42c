import type { FlowRunInputCreate, FlowRunInputFilter } from '../../api/schemas/flow-run-inputs.ts';
import { ClientError, ConflictError, notFound } from '../../domain/errors.ts';
import type { FlowRunInput } from '../../store/flow-run-inputs.ts';
import { type App, timestamp } from '../app.ts';

/** Prefect's limit for one value, in characters. */
const VALUE_LIMIT = 50_000;

/** Leaves an input for a run. Throws 404 without the run, 409 when the key is taken, 422 for a value that is too long. */
export async function createFlowRunInput(app: App, flowRunId: string, body: FlowRunInputCreate): Promise<void> {
  if (!(await app.store.flowRuns.getLive(flowRunId))) throw notFound('Flow run not found');
  if (body.value.length > VALUE_LIMIT) {
    throw new ClientError('invalid', `The value of an input holds at most ${VALUE_LIMIT} characters.`);
  }
  const { key, value, sender = null } = body;
  try {
    await app.store.flowRunInputs.create(newInput(app, { flow_run_id: flowRunId, key, value, sender }));
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    throw new ClientError('conflict', 'A flow run input with this key already exists.');
  }
}

/** Leaves an input in place of what may be there under its key: what a resume brings, also when it is repeated. */
export async function keepFlowRunInput(app: App, flowRunId: string, key: string, value: string): Promise<void> {
  await app.store.flowRunInputs.put(newInput(app, { flow_run_id: flowRunId, key, value, sender: null }));
}

function newInput(app: App, given: Omit<FlowRunInput, 'id' | 'created' | 'updated'>): FlowRunInput {
  const now = timestamp(app);
  return { id: app.clock.newId(), created: now, updated: now, ...given };
}

export async function readFlowRunInput(app: App, flowRunId: string, key: string): Promise<FlowRunInput> {
  const input = await app.store.flowRunInputs.get(flowRunId, key);
  if (!input) throw notFound('Flow run input not found');
  return input;
}

export async function filterFlowRunInputs(
  app: App,
  flowRunId: string,
  body: FlowRunInputFilter,
): Promise<FlowRunInput[]> {
  const found = await app.store.flowRunInputs.withPrefix(flowRunId, body.prefix);
  return found.filter((input) => !body.exclude_keys.includes(input.key)).slice(0, body.limit);
}

export async function deleteFlowRunInput(app: App, flowRunId: string, key: string): Promise<void> {
  await readFlowRunInput(app, flowRunId, key);
  await app.store.flowRunInputs.remove(flowRunId, key);
}
