import type { FlowRunsDeleteBody, FlowRunsSetStateBody } from '../../api/schemas/flow-runs.ts';
import { ClientError, PushpoolError } from '../../domain/errors.ts';
import type { OrchestrationResult } from '../../domain/orchestration-result.ts';
import type { Principal } from '../../domain/principal.ts';
import type { App } from '../app.ts';
import { filterFlowRuns } from './flow-run-lists.ts';
import { deleteFlowRun, setFlowRunState } from './flow-runs.ts';

/** Deletes the newest runs that match; answers with the ids of those that are gone. May be repeated. */
export async function deleteFlowRuns(app: App, body: FlowRunsDeleteBody): Promise<{ deleted: string[] }> {
  const runs = await filterFlowRuns(app, body);
  const deleted: string[] = [];
  for (const { id } of runs) {
    try {
      await deleteFlowRun(app, id);
      deleted.push(id);
    } catch (error) {
      // Somebody else was first: it is gone, but not by this call.
      if (!(error instanceof ClientError && error.kind === 'not-found')) throw error;
    }
  }
  return { deleted };
}

export type BulkResult = OrchestrationResult & { readonly flow_run_id: string };

/** Proposes a state to the newest runs that match, one after the other; what one cannot do stops none of the others. */
export async function setFlowRunsState(
  app: App,
  principal: Principal,
  body: FlowRunsSetStateBody,
  clientVersion: string | null,
): Promise<{ results: BulkResult[] }> {
  const runs = await filterFlowRuns(app, { flow_runs: body.flow_runs, limit: body.limit });
  const results: BulkResult[] = [];
  for (const { id } of runs) {
    const options = { force: body.force, clientVersion };
    results.push({
      flow_run_id: id,
      ...(await propose(() => setFlowRunState(app, principal, id, body.state, options))),
    });
  }
  return { results };
}

async function propose(set: () => Promise<{ result: OrchestrationResult }>): Promise<OrchestrationResult> {
  try {
    return (await set()).result;
  } catch (error) {
    if (!(error instanceof PushpoolError)) throw error;
    return { state: null, status: 'ABORT', details: { type: 'abort_details', reason: error.message } };
  }
}
