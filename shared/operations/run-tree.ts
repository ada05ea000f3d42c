import type { Principal } from '../domain/principal.ts';
import type { App } from './app.ts';

/** How far up a run's creators are followed: deeper trees are refused rather than walked. */
const DEPTH = 50;

/** True for the token's own run and every run it created, transitively (rule 8). Everybody else owns all runs. */
export async function ownsFlowRun(app: App, principal: Principal, flowRunId: string): Promise<boolean> {
  if (principal.kind !== 'run') return true;
  let id: string | null = flowRunId;
  for (let depth = 0; id && depth < DEPTH; depth++) {
    if (id === principal.flowRunId) return true;
    id = (await app.store.flowRuns.get(id))?.life.creator ?? null;
  }
  return false;
}
