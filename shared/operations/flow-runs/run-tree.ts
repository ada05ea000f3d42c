import type { Principal } from '../../domain/principal.ts';
import type { App } from '../app.ts';
import { runAncestry } from './run-ancestry.ts';

/** True for the token's own run and every run it created, transitively (rule 8). Everybody else owns all runs. */
export async function ownsFlowRun(app: App, principal: Principal, flowRunId: string): Promise<boolean> {
  if (principal.kind !== 'run' || principal.flowRunId === flowRunId) return true;
  return (await runAncestry(app, flowRunId)).includes(principal.flowRunId);
}
