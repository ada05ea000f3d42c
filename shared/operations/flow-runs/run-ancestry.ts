import type { App } from '../app.ts';

/** Creators of runs that were looked up; they never change. */
const known = new WeakMap<App['store'], Map<string, readonly string[]>>();
const KNOWN_RUNS = 5_000;
const DEPTH = 50;

/**
 * A flow run and the runs that created it, up to the first: `[run, parent, …, root]`. Subscriptions of run tokens are kept
 * under the root, so that publishing reads one list for a whole tree (rules 8 and 24). An unknown run is its own root.
 */
export async function runAncestry(app: App, flowRunId: string): Promise<readonly string[]> {
  const ofStore = known.get(app.store) ?? new Map<string, readonly string[]>();
  known.set(app.store, ofStore);
  const hit = ofStore.get(flowRunId);
  if (hit) return hit;
  const chain = [flowRunId];
  let doc = await app.store.flowRuns.get(flowRunId);
  const exists = doc !== null;
  while (doc?.life.creator && chain.length < DEPTH) {
    chain.push(doc.life.creator);
    doc = await app.store.flowRuns.get(doc.life.creator);
  }
  if (exists) {
    if (ofStore.size >= KNOWN_RUNS) ofStore.clear();
    ofStore.set(flowRunId, chain);
  }
  return chain;
}
