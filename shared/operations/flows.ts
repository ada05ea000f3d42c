import type { FlowCreate, FlowUpdate } from '../api/schemas/flows.ts';
import { notFound } from '../domain/errors.ts';
import type { Flow } from '../domain/flow.ts';
import { type App, timestamp } from './app.ts';

/** Registers a flow by name; an existing one is returned unchanged. May be repeated. */
export async function createFlow(app: App, body: FlowCreate): Promise<{ doc: Flow; created: boolean }> {
  const now = timestamp(app);
  return app.store.flows.create({
    id: app.clock.newId(),
    created: now,
    updated: now,
    name: body.name,
    tags: body.tags,
    labels: body.labels ?? {},
  });
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
}

export async function deleteFlow(app: App, id: string): Promise<void> {
  if (!(await app.store.flows.delete(id))) throw notFound('Flow not found');
}
