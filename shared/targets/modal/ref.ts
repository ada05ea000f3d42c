import type { AttemptId, Ref } from '../target.ts';
import { TargetError } from '../target-error.ts';
import { placeOf } from './names.ts';
import type { ModalJob } from './parse.ts';

/** Where a sandbox is. Its version is told by the shape of its id, as the SDK tells it. */
export interface SandboxRef {
  readonly sandboxId: string;
  readonly version: 1 | 2;
  readonly app: string;
  readonly appId: string;
  readonly at: AttemptId;
  /** Null when it was not told yet. */
  readonly taskId: string | null;
}

const FIRST_VERSION = /^sb-[0-9A-Za-z]{22}$/;

export interface Found {
  readonly sandboxId: string;
  readonly taskId?: string;
}

export function toRef(
  job: ModalJob,
  app: { readonly name: string; readonly id: string },
  at: AttemptId,
  found: Found,
): Ref {
  return {
    pid: found.sandboxId,
    key: {
      place: placeOf(job, app.name),
      app: app.name,
      app_id: app.id,
      environment: job.environment,
      sandbox_id: found.sandboxId,
      flow_run_id: at.flowRunId,
      attempt: String(at.attempt),
      ...(found.taskId && { task_id: found.taskId }),
    },
  };
}

/** Throws `invalid` for a reference that is not one of this target's. */
export function fromRef({ pid, key }: Ref): SandboxRef {
  const { sandbox_id: sandboxId = pid, app = '', app_id: appId = '', flow_run_id: flowRunId = '', attempt = '' } = key;
  if (!sandboxId.startsWith('sb-')) {
    throw new TargetError('invalid', `"${sandboxId}" does not name a Modal sandbox.`);
  }
  return {
    sandboxId,
    version: FIRST_VERSION.test(sandboxId) ? 1 : 2,
    app,
    appId,
    at: { flowRunId, attempt: Number(attempt) },
    taskId: key['task_id'] ?? null,
  };
}
