import type { FlowCreate, FlowsDeleteBody, FlowUpdate } from '../../api/schemas/flows.ts';
import { ClientError, notFound, TransientError } from '../../domain/errors.ts';
import { flowEvent } from '../../domain/events/lifecycle-events.ts';
import type { Flow } from '../../domain/flow.ts';
import { type App, timestamp } from '../app.ts';
import { deleteDeployment } from '../deployments/delete-deployment.ts';
import { announce } from '../events/announce.ts';
import { deleteFlowRun } from '../flow-runs/flow-runs.ts';
import { takeFirst } from '../lists/filtering.ts';
import { filterFlows } from './flow-lists.ts';

/** Registers a flow by name; an existing one is returned unchanged. May be repeated. */
export async function createFlow(app: App, body: FlowCreate): Promise<{ doc: Flow; created: boolean }> {
  const now = timestamp(app);
  const made = await app.store.flows.create({
    id: app.clock.newId(),
    created: now,
    updated: now,
    name: body.name,
    tags: body.tags,
    labels: body.labels ?? {},
  });
  if (made.created) await announce(app, (stamp) => flowEvent(stamp, 'created', made.doc));
  return made;
}

export async function readFlow(app: App, id: string): Promise<Flow> {
  const flow = await app.store.flows.get(id);
  if (!flow) throw notFound('Flow not found');
  return flow;
}

export async function readFlowByName(app: App, name: string): Promise<Flow> {
  const flow = await app.store.flows.getByName(name);
  if (!flow) throw notFound('Flow not found');
  return flow;
}

export async function updateFlow(app: App, id: string, body: FlowUpdate): Promise<void> {
  const updated = timestamp(app);
  const flow = await app.store.flows.update(id, (doc) => ({ ...doc, tags: body.tags ?? doc.tags, updated }));
  if (!flow) throw notFound('Flow not found');
  await announce(app, (stamp) => flowEvent(stamp, 'updated', flow));
}

/** The most runs that one call deletes; a flow with more takes several, which clients make of themselves. */
const RUNS_A_CALL = 1_000;
const AT_ONCE = 20;

/**
 * Deletes a flow after its deployments and its runs. May be repeated, and goes on where it was. Throws `TransientError` when
 * the flow has more runs than one call can delete: the flow stays until the last is gone.
 */
export async function deleteFlow(app: App, id: string): Promise<void> {
  const flow = await readFlow(app, id);
  for (const deployment of await takeFirst(app.store.deployments.ofFlow(id), RUNS_A_CALL)) {
    await goneOrDeleted(deleteDeployment(app, deployment.id));
  }
  const runs = await takeFirst(app.store.flowRuns.ofFlow(id), RUNS_A_CALL);
  for (let start = 0; start < runs.length; start += AT_ONCE) {
    await Promise.all(runs.slice(start, start + AT_ONCE).map((run) => goneOrDeleted(deleteFlowRun(app, run.id))));
  }
  if (runs.length === RUNS_A_CALL) {
    throw new TransientError('unfinished', 'The flow has many runs; some are deleted. Ask again for the rest.');
  }
  if (await app.store.flows.delete(id)) await announce(app, (stamp) => flowEvent(stamp, 'deleted', flow));
}

/** Deletes the first flows by name that match; answers with the ids of those that are gone. May be repeated. */
export async function deleteFlows(app: App, body: FlowsDeleteBody): Promise<{ deleted: string[] }> {
  const flows = await filterFlows(app, body);
  for (const { id } of flows) await goneOrDeleted(deleteFlow(app, id));
  return { deleted: flows.map(({ id }) => id) };
}

/** What somebody else deleted meanwhile is deleted. */
async function goneOrDeleted(deletion: Promise<void>): Promise<void> {
  try {
    await deletion;
  } catch (error) {
    if (!(error instanceof ClientError && error.kind === 'not-found')) throw error;
  }
}
