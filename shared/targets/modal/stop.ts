import type { Ref } from '../target.ts';
import { askFor, type ModalContext } from './context.ts';
import type { ModalApi } from './credentials.ts';
import { isUnfinished } from './observe.ts';
import { fromRef } from './ref.ts';

/** Terminates the sandbox; Modal promises no grace after it. May be called twice. */
export async function stop(
  context: ModalContext,
  api: ModalApi,
  ref: Ref,
): Promise<'stopping' | 'already-stopped' | 'not-found'> {
  const { sandboxId, version } = fromRef(ref);
  const answer = await askFor(context, 'SandboxTerminate', { what: 'stop the sandbox' }, (options) =>
    version === 2 ? api.sandboxTerminateV2({ sandboxId }, options) : api.sandboxTerminate({ sandboxId }, options),
  );
  if (!answer) return 'not-found';
  return isUnfinished(answer.existingResult) ? 'stopping' : 'already-stopped';
}
