import type { Attempt, Ref } from '../target.ts';
import { TargetError } from '../target-error.ts';
import { askFor, type ModalContext } from './context.ts';
import type { ModalApi } from './credentials.ts';
import { appName, identity, sandboxName, tagList } from './names.ts';
import type { ModalJob } from './parse.ts';
import { type Found, toRef } from './ref.ts';

/** What an earlier submission of the attempt made, ended or not; null when there is nothing, or nothing to be seen yet. */
export async function find(context: ModalContext, api: ModalApi, job: ModalJob, at: Attempt): Promise<Ref | null> {
  const name = appName(job, at.run);
  const app = await askFor(context, 'AppGetOrCreate', { what: `look for the app ${name}` }, (options) =>
    api.appGetOrCreate({ appName: name, environmentName: job.environment }, options),
  );
  if (!app) return null;
  const found = await look(context, api, job, at, { name, id: app.appId });
  return found && toRef(job, { name, id: app.appId }, at, found);
}

/**
 * Looks by name. Names of the first version, which GPUs need, are forgotten when the sandbox ends: there the tags are asked,
 * which keep ended ones too.
 */
export async function look(
  context: ModalContext,
  api: ModalApi,
  job: ModalJob,
  at: Attempt,
  app: { readonly name: string; readonly id: string },
): Promise<Found | null> {
  const byName = { sandboxName: sandboxName(job, at), appName: app.name, environmentName: job.environment };
  const doing = { what: 'look for the sandbox' };
  if (!job.gpu) {
    return askFor(context, 'SandboxGetFromNameV2', doing, (options) =>
      api.sandboxGetFromNameV2({ ...byName, includeTerminated: true }, options),
    );
  }
  const running = await askFor(context, 'SandboxGetFromName', doing, (options) =>
    api.sandboxGetFromName(byName, options),
  );
  if (running) return running;
  const listed = await askFor(context, 'SandboxListV2', doing, (options) =>
    api.sandboxListV2({ appId: app.id, includeFinished: true, tags: tagList(identity(at)) }, options),
  );
  // Modal named this app a moment ago: that it does not know it says nothing of the sandbox, and another one must not be made.
  if (!listed) throw new TargetError('transient', `Modal does not find the app ${app.name}, which it has just named.`);
  const newest = listed.sandboxes[0];
  return newest ? { sandboxId: newest.id } : null;
}
