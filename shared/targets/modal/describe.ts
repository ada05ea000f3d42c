import type { Observation, Ref } from '../target.ts';
import { ask, askFor, type ModalContext } from './context.ts';
import type { ModalApi } from './credentials.ts';
import { identity, tagList } from './names.ts';
import { endOf, isUnfinished, lifeOf } from './observe.ts';
import type { ModalJob } from './parse.ts';
import { fromRef } from './ref.ts';

const LOOKING = { what: 'look at the sandbox' };

/** One look at a sandbox: its result when it has one, else whether it has started. */
export async function describe(context: ModalContext, api: ModalApi, job: ModalJob, ref: Ref): Promise<Observation> {
  const { sandboxId, version, appId, at } = fromRef(ref);
  const request = { sandboxId, timeout: 0 };
  const answer = await askFor(context, 'SandboxWait', LOOKING, (options) =>
    version === 2 ? api.sandboxWaitV2(request, options) : api.sandboxWait(request, options),
  );
  if (!answer) return { phase: 'gone', message: `Modal no longer knows the sandbox ${sandboxId}.` };
  if (!isUnfinished(answer.result)) return endOf(answer.result, job.timeoutSeconds);
  const { sandboxes } = await ask(context, 'SandboxListV2', LOOKING, (options) =>
    api.sandboxListV2({ appId, includeFinished: false, tags: tagList(identity(at)) }, options),
  );
  return lifeOf(sandboxes.find(({ id }) => id === sandboxId)?.taskInfo?.startedAt ?? 0);
}
