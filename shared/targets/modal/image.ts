import { TargetError } from '../target-error.ts';
import { ask, type ModalContext } from './context.ts';
import type { ModalApi } from './credentials.ts';
import { toTargetError } from './errors.ts';
import { isFailure, isUnfinished, type ModalResult } from './observe.ts';
import type { ModalJob, RegistryKind } from './parse.ts';

/** `RegistryAuthType` of the protocol. */
const AUTH: Readonly<Record<RegistryKind, number>> = { 'aws-ecr': 1, 'gcp-artifact-registry': 2, docker: 4 };
/** The stream may end early; the next submission goes on where this one stops. */
const MAX_JOINS = 3;
const WAITING = { what: 'build the image' };

/**
 * The id of the job's image, built by Modal at its first use. Throws `throttled` while the build goes on, which a repeated
 * submission joins, and `invalid` when it failed.
 */
export async function imageOf(
  context: ModalContext,
  api: ModalApi,
  job: ModalJob,
  appId: string,
): Promise<{ readonly imageId: string; readonly warning: string | null }> {
  const [{ image, warning }, builderVersion, registrySecretId] = await Promise.all([
    context.awaited('registry', () => context.digestOf(job.image)),
    builderVersionOf(context, api, job.environment),
    job.registry && secretId(context, api, job.registry.secret, job.environment),
  ]);
  const { imageId, result } = await ask(context, 'ImageGetOrCreate', WAITING, (options) =>
    api.imageGetOrCreate(
      {
        appId,
        builderVersion,
        image: {
          dockerfileCommands: [`FROM ${image}`],
          ...(job.registry && {
            imageRegistryConfig: { registryAuthType: AUTH[job.registry.kind], secretId: registrySecretId ?? '' },
          }),
        },
      },
      options,
    ),
  );
  const end = isUnfinished(result) ? await joinBuild(context, api, imageId) : result;
  if (isFailure(end)) {
    const reason = end?.exception.trim() || 'no reason was given';
    throw new TargetError(
      'invalid',
      `Modal could not build the image ${job.image}: ${reason}. Check the pool's image and image_registry.`,
    );
  }
  return { imageId, warning };
}

async function joinBuild(context: ModalContext, api: ModalApi, imageId: string): Promise<ModalResult> {
  const untilMs = Date.now() + context.buildWaitSeconds * 1000;
  let lastEntryId = '';
  for (let join = 0; join < MAX_JOINS; join++) {
    const timeout = (untilMs - Date.now()) / 1000;
    if (timeout <= 0) break;
    const result = await context
      .awaited('ImageJoinStreaming', async () => {
        for await (const item of api.imageJoinStreaming({ imageId, timeout, lastEntryId }, signalFor(timeout))) {
          if (item.entryId) lastEntryId = item.entryId;
          if (!isUnfinished(item.result)) return item.result;
        }
        return undefined;
      })
      .catch((error: unknown) => {
        throw toTargetError(error, WAITING);
      });
    if (result) return result;
  }
  throw new TargetError(
    'throttled',
    'Modal is still building the image; this happens once for each new image. The run starts when it is done.',
  );
}

/** A little longer than the server was asked to wait. */
const signalFor = (seconds: number) => ({ signal: AbortSignal.timeout((seconds + 2) * 1000) });

const versions = new WeakMap<ModalApi, Map<string, string>>();

/** A setting of the environment that images are built by; asked once for each token. */
async function builderVersionOf(context: ModalContext, api: ModalApi, environment: string): Promise<string> {
  const known = versions.get(api) ?? new Map<string, string>();
  versions.set(api, known);
  const kept = known.get(environment);
  if (kept) return kept;
  const doing = { what: environment ? `read the environment ${environment}` : 'read the default environment' };
  const answer = await ask(context, 'EnvironmentGetOrCreate', doing, (options) =>
    api.environmentGetOrCreate({ deploymentName: environment }, options),
  );
  const version = answer.metadata?.settings?.imageBuilderVersion ?? '';
  if (version) known.set(environment, version);
  return version;
}

/** The id of a named secret. */
export async function secretId(
  context: ModalContext,
  api: ModalApi,
  name: string,
  environmentName: string,
): Promise<string> {
  const answer = await ask(context, 'SecretGetOrCreate', { what: `use the secret ${name}` }, (options) =>
    api.secretGetOrCreate({ deploymentName: name, environmentName }, options),
  );
  return answer.secretId;
}
