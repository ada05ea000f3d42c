import { parsedOrRefused } from '../parse.ts';
import type { Job, Target } from '../target.ts';
import { cleanUp } from './clean-up.ts';
import type { ModalContext } from './context.ts';
import { createConnections } from './credentials.ts';
import { describe } from './describe.ts';
import { list } from './list.ts';
import { logs } from './logs.ts';
import { find } from './look.ts';
import { parseModalJob } from './parse.ts';
import { createDigestOf, type RegistryOptions } from './registry-digest.ts';
import { stop } from './stop.ts';
import { submit } from './submit.ts';

export interface ModalTargetOptions {
  /** Null: Modal's own. */
  readonly serverUrl?: string | null;
  readonly registry?: RegistryOptions;
  /** @default 12, so that a submission ends well before its function's 25 s */
  readonly buildWaitSeconds?: number;
  /** @default 10000 */
  readonly requestTimeoutMs?: number;
  readonly awaited?: ModalContext['awaited'];
  /** @default the system's clock */
  readonly now?: () => Date;
}

/** `modal:push`: one attempt is one Modal sandbox. Its clients live as long as the target: one of each per process. */
export function createModalTarget(options: ModalTargetOptions = {}): Target {
  const connect = createConnections(options.serverUrl ?? null);
  const context: ModalContext = {
    digestOf: createDigestOf(options.registry),
    buildWaitSeconds: options.buildWaitSeconds ?? 12,
    requestTimeoutMs: options.requestTimeoutMs ?? 10_000,
    now: options.now ?? (() => new Date()),
    awaited: options.awaited ?? ((_label, work) => work()),
  };
  const open = (given: Job) => {
    const job = parsedOrRefused(parseModalJob(given, { complete: true }), 'Modal');
    return { job, api: connect(job.credentials) };
  };
  return {
    async submit(given, at) {
      const { job, api } = open(given);
      return submit(context, api, job, at);
    },
    async find(given, at) {
      const { job, api } = open(given);
      return find(context, api, job, at);
    },
    async describe(given, ref) {
      const { job, api } = open(given);
      return describe(context, api, job, ref);
    },
    async list(given, known) {
      const { job, api } = open(given);
      return list(context, api, job, known);
    },
    async stop(given, ref) {
      return stop(context, open(given).api, ref);
    },
    cleanUp,
    async logs(given, ref, tail) {
      return logs(context, open(given).api, ref, tail);
    },
  };
}
