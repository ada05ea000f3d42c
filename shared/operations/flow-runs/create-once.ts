import { createHash } from 'node:crypto';
import type { FlowRun } from '../../domain/flow-run.ts';
import type { FlowRunDocument } from '../../domain/flow-run-life.ts';
import type { Principal } from '../../domain/principal.ts';
import type { App } from '../app.ts';
import { createFlowRun, type NewFlowRun } from './create-flow-run.ts';

/** A request that makes a run, as far as a repetition of it looks the same. */
export interface RunRequest {
  readonly path: string;
  readonly body: {
    readonly state?:
      | { readonly state_details?: { readonly scheduled_time?: string | null | undefined } | null | undefined }
      | null
      | undefined;
  };
}

const REPETITION_MILLIS = 5 * 60_000;
const SIBLING_MILLIS = 2 * 60_000;

/**
 * Creates a run such that a client's repetition of the request, after an answer it never saw, finds the first one (rule 9).
 * By idempotency key where there is one; else the newest child of the same parent task, while it is in its first state and
 * under two minutes old; else, for a body with a scheduled time of the client's making, the same request of the same caller
 * within five minutes. Other bodies make a new run each time.
 */
export async function createOnce(
  app: App,
  principal: Principal,
  run: NewFlowRun,
  request: RunRequest,
): Promise<{ doc: FlowRun; created: boolean }> {
  if (run.idempotency_key) return createFlowRun(app, principal, run);
  if (run.parent_task_run_id) {
    const sibling = await freshChild(app, run.parent_task_run_id);
    return sibling ? { doc: sibling.run, created: false } : createFlowRun(app, principal, run);
  }
  if (!request.body.state?.state_details?.scheduled_time) return createFlowRun(app, principal, run);
  const now = app.clock.now();
  const until = new Date(now.getTime() + REPETITION_MILLIS);
  const id = await app.store.requestLocks.claim(hashOf(principal, request), app.clock.newId(), now, until);
  return createFlowRun(app, principal, { ...run, id });
}

async function freshChild(app: App, parentTaskRunId: string): Promise<FlowRunDocument | null> {
  let newest: FlowRunDocument | null = null;
  for await (const child of app.store.flowRuns.ofParentTask(parentTaskRunId)) {
    if (!newest || child.run.created > newest.run.created) newest = child;
  }
  if (!newest || newest.states.length > 1) return null;
  const ageMillis = app.clock.now().getTime() - Date.parse(newest.run.created);
  return ageMillis < SIBLING_MILLIS ? newest : null;
}

function hashOf(principal: Principal, { path, body }: RunRequest): string {
  return createHash('sha256')
    .update(JSON.stringify([credentialOf(principal), path, body]))
    .digest('base64url');
}

function credentialOf(principal: Principal): string {
  if (principal.kind === 'api-key') return `key:${principal.keyId}`;
  return principal.kind === 'run' ? `run:${principal.flowRunId}:${principal.attempt}` : principal.kind;
}
