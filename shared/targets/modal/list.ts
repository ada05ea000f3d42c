import type { Listed, Ref } from '../target.ts';
import { ask, askFor, type ModalContext } from './context.ts';
import type { ModalApi } from './credentials.ts';
import { ATTEMPT_TAG, appName, OURS_TAG, RUN_TAG } from './names.ts';
import { endOf, isUnfinished, lifeOf } from './observe.ts';
import type { ModalJob } from './parse.ts';
import { fromRef, toRef } from './ref.ts';

/** A guard against a server that repeats a page. */
const MAX_PAGES = 200;

/**
 * pushpool's sandboxes of an app that have not ended, of both versions, newest first. Ended ones are left out, so that the cost
 * is that of what runs, not of the history.
 */
export async function list(
  context: ModalContext,
  api: ModalApi,
  job: ModalJob,
  known: readonly Ref[],
): Promise<Listed[]> {
  const app = known[0] ? appOf(known[0]) : await appByName(context, api, job);
  if (!app) return [];
  const found: Listed[] = [];
  let beforeTimestamp: number | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const { sandboxes } = await ask(context, 'SandboxListV2', { what: 'list the sandboxes' }, (options) =>
      api.sandboxListV2(
        {
          appId: app.id,
          includeFinished: false,
          tags: [{ tagName: OURS_TAG, tagValue: 'true' }],
          ...(beforeTimestamp !== undefined && { beforeTimestamp }),
        },
        options,
      ),
    );
    if (sandboxes.length === 0) break;
    for (const { id, tags, taskInfo } of sandboxes) {
      const values = new Map(tags.map(({ tagName, tagValue }) => [tagName, tagValue]));
      const at = { flowRunId: values.get(RUN_TAG) ?? '', attempt: Number(values.get(ATTEMPT_TAG)) };
      const result = taskInfo?.result;
      found.push({
        ref: known.find(({ pid }) => pid === id) ?? toRef(job, app, at, { sandboxId: id }),
        at,
        observation: isUnfinished(result) ? lifeOf(taskInfo?.startedAt ?? 0) : endOf(result, null),
      });
    }
    beforeTimestamp = sandboxes.at(-1)?.createdAt;
  }
  return found;
}

function appOf(ref: Ref) {
  const { app, appId } = fromRef(ref);
  return { name: app, id: appId };
}

async function appByName(context: ModalContext, api: ModalApi, job: ModalJob) {
  const name = appName(job, null);
  const app = await askFor(context, 'AppGetOrCreate', { what: `look for the app ${name}` }, (options) =>
    api.appGetOrCreate({ appName: name, environmentName: job.environment }, options),
  );
  return app && { name, id: app.appId };
}
