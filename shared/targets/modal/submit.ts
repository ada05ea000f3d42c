import type { Attempt, Submitted } from '../target.ts';
import { TargetError } from '../target-error.ts';
import { ask, isKind, type ModalContext } from './context.ts';
import type { ModalApi } from './credentials.ts';
import { definitionOf } from './definition.ts';
import { imageOf, secretId } from './image.ts';
import { look } from './look.ts';
import { appName, sandboxName, tagList, tagsOf } from './names.ts';
import type { ModalJob } from './parse.ts';
import { type Found, toRef } from './ref.ts';

/** `ObjectCreationType` of the protocol. */
const CREATE_IF_MISSING = 1;
const EPHEMERAL = 5;
const CREATING = { what: 'create the sandbox', creates: true };
/** The SDK must not repeat a create by itself: a sandbox that ended in between has given its name free. */
const ONCE = { retries: 0 };

/**
 * Makes the attempt's sandbox exist exactly once: look by its derived name, create, adopt when somebody was faster. If run
 * twice, or again after a crash at any point, it adopts. While Modal builds the image it throws `throttled`, and the next call
 * joins the build.
 */
export async function submit(context: ModalContext, api: ModalApi, job: ModalJob, at: Attempt): Promise<Submitted> {
  const name = appName(job, at.run);
  const { appId } = await ask(context, 'AppGetOrCreate', { what: `use the app ${name}` }, (options) =>
    api.appGetOrCreate(
      { appName: name, environmentName: job.environment, objectCreationType: CREATE_IF_MISSING },
      options,
    ),
  );
  const app = { name, id: appId };
  const before = at.mayExist ? await look(context, api, job, at, app) : null;
  if (before) return { ref: toRef(job, app, at, before), adopted: true, warnings: [] };

  const { imageId, warning } = await imageOf(context, api, job, appId);
  const warnings = warning === null ? [] : [warning];
  try {
    const created = await create(context, api, job, at, { appId, imageId });
    return { ref: toRef(job, app, at, created), adopted: false, warnings };
  } catch (error) {
    if (!isKind(error, 'conflict')) throw error;
    const winner = await look(context, api, job, at, app);
    if (!winner) throw error;
    return { ref: toRef(job, app, at, winner), adopted: true, warnings };
  }
}

async function create(
  context: ModalContext,
  api: ModalApi,
  job: ModalJob,
  at: Attempt,
  { appId, imageId }: { readonly appId: string; readonly imageId: string },
): Promise<Found> {
  const named: string[] = [];
  for (const name of job.secrets) named.push(await secretId(context, api, name, job.environment));
  const tags = tagList(tagsOf(job, at));
  const name = sandboxName(job, at);
  if (job.gpu) {
    // The first version, without the SDK's wait for a machine. The environment travels as a secret that Modal forgets.
    const { secretId: env } = await ask(
      context,
      'SecretGetOrCreate',
      { what: 'hand over the environment' },
      (options) =>
        api.secretGetOrCreate(
          { objectCreationType: EPHEMERAL, envDict: { ...job.env }, environmentName: job.environment },
          options,
        ),
    );
    const definition = definitionOf(job, name, imageId, [...named, env]);
    return ask(context, 'SandboxCreate', CREATING, (options) =>
      api.sandboxCreate({ appId, tags, definition }, { ...options, ...ONCE }),
    ).then(confirmed);
  }
  const definition = definitionOf(job, name, imageId, named);
  const secretSources = [...named.map((secretId) => ({ secretId })), { env: { contents: { ...job.env } } }];
  return ask(context, 'SandboxCreateV2', CREATING, (options) =>
    api.sandboxCreateV2({ appId, tags, definition, secretSources }, { ...options, ...ONCE }),
  ).then(confirmed);
}

function confirmed(created: Found): Found {
  if (created.sandboxId) return created;
  throw new TargetError('unknown-outcome', 'Modal did not say which sandbox it created. It is looked at again.');
}
