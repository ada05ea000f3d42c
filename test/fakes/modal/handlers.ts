import { type Account, fromEntries } from './account.ts';
import { StatusError } from './faults.ts';
import type { FakeSandbox, Version } from './sandboxes.ts';
import type { Definition, Metadata, Method, Requests, Tag } from './wire.ts';

type Handler<M extends Method> = (request: Requests[M], call: { readonly metadata: Metadata }) => object;
type Handlers = { readonly [M in Method]: Handler<M> };

/** Times of the fake's clock, in seconds. */
export interface Clock {
  now(): number;
  /** Nothing where somebody else moves the clock. */
  advance(seconds: number): void;
}

const CREATE_IF_MISSING = 'OBJECT_CREATION_TYPE_CREATE_IF_MISSING';
/** A secret without a name: for the JavaScript client and for the Python client. */
const ANONYMOUS = ['OBJECT_CREATION_TYPE_EPHEMERAL', 'OBJECT_CREATION_TYPE_ANONYMOUS_OWNED_BY_APP'];
const NAME = /^[A-Za-z0-9._-]{1,63}$/;
/** Of keys and values of tags alike. */
const TAG = /^[A-Za-z0-9._-]{1,63}$/;
/** Small, so that paging is seen. */
const PAGE = 10;
const DAY = 24 * 3600;

/** What each method does. A long poll costs time of the fake's clock and none of the wall's. */
export function handlersOf(account: Account, clock: Clock, token: () => string): Handlers {
  const { sandboxes } = account;
  const get = (version: Version) => (request: { sandbox_id?: string }) => sandboxes.get(request.sandbox_id, version);
  const wait = (version: Version) => (request: Requests['SandboxWait']) => {
    let sandbox = get(version)(request);
    if (!sandbox.result && (request.timeout ?? 0) > 0) {
      clock.advance(request.timeout ?? 0);
      sandbox = sandboxes.settle(sandbox);
    }
    return { metadata: handleOf(sandbox), ...(sandbox.result && { result: sandbox.result }) };
  };
  const taskId = (version: Version) => (request: Requests['SandboxGetTaskId']) => {
    if (get(version)(request).startedAt === null) clock.advance(request.timeout ?? 55);
    const sandbox = get(version)(request);
    // The first version has none before it is scheduled.
    if (version === 1 && sandbox.startedAt === null) throw new StatusError('DEADLINE_EXCEEDED', 'No task yet');
    return { task_id: sandbox.taskId };
  };
  const fromName = (version: Version) => (request: Requests['SandboxGetFromName']) => {
    const app = account.app(request.app_name ?? '', request.environment_name, false);
    const terminated = version === 2 && (request.include_terminated ?? false);
    const found = sandboxes.byName(version, app.id, request.sandbox_name ?? '', terminated);
    if (!found) throw new StatusError('NOT_FOUND', `Sandbox '${request.sandbox_name}' not found`);
    return { sandbox_id: found.id, metadata: handleOf(found) };
  };
  const list = (versions: readonly Version[]) => (request: Requests['SandboxList']) => {
    const found = sandboxes.known
      .filter((one) => versions.includes(one.version) && inScope(account, one, request))
      .filter((one) => request.include_finished || sandboxes.settle(one).result === null)
      .filter((one) => request.tags.every(({ tag_name, tag_value }) => one.tags[tag_name] === tag_value))
      .filter((one) => !request.before_timestamp || one.createdAt < request.before_timestamp)
      .sort((a, b) => b.createdAt - a.createdAt);
    return { sandboxes: found.slice(0, PAGE).map(infoOf) };
  };
  const terminate = (version: Version) => (request: { sandbox_id?: string }) => {
    const existing = sandboxes.terminate(get(version)(request));
    return existing ? { existing_result: existing } : {};
  };

  return {
    ClientHello: () => ({ image_builder_version: '2025.06' }),
    AppClientDisconnect: () => ({}),
    AppHeartbeat: () => ({}),
    AuthTokenGet: () => ({ token: token() }),
    EnvironmentGetOrCreate: ({ deployment_name }) => {
      const name = account.environment(deployment_name);
      return { environment_id: `en-${name}`, metadata: { name, settings: { image_builder_version: '2025.06' } } };
    },
    AppGetOrCreate: ({ app_name, environment_name, object_creation_type }) => {
      if (!NAME.test(app_name ?? '')) throw new StatusError('INVALID_ARGUMENT', `Invalid App name: '${app_name}'`);
      return { app_id: account.app(app_name ?? '', environment_name, object_creation_type === CREATE_IF_MISSING).id };
    },
    ImageGetOrCreate: ({ app_id, image, builder_version }) => {
      account.appById(app_id);
      if (!builder_version) throw new StatusError('INVALID_ARGUMENT', 'builder_version is required');
      const registry = image?.image_registry_config ?? null;
      if (registry?.secret_id) account.valuesOf(registry.secret_id);
      const made = account.image(image?.dockerfile_commands ?? [], builder_version, registry);
      const result = account.buildResult(made);
      return { image_id: made.id, ...(result && { result }) };
    },
    ImageJoinStreaming: ({ image_id, timeout }) => {
      const image = account.imageById(image_id);
      if (!account.buildResult(image)) clock.advance(Math.min(timeout ?? 55, image.builtAt - clock.now()));
      const result = account.buildResult(image);
      return result ? { result, eof: true } : { entry_id: '1-0' };
    },
    SecretGetOrCreate: ({ deployment_name, environment_name, object_creation_type, env_dict }) => ({
      secret_id: ANONYMOUS.includes(object_creation_type ?? '')
        ? account.ephemeralSecret(env_dict, environment_name)
        : account.secret(deployment_name ?? '', environment_name),
    }),
    SandboxCreate: ({ app_id, definition, tags }) => {
      const checked = checkDefinition(account, app_id, definition, tags);
      const env = Object.assign({}, ...checked.secret_ids.map((id) => account.valuesOf(id)));
      const made = sandboxes.create({ version: 1, appId: app_id ?? '', definition: checked, tags, env });
      return { sandbox_id: made.id, metadata: handleOf(made) };
    },
    SandboxCreateV2: ({ app_id, definition, tags, secret_sources }) => {
      const checked = checkDefinition(account, app_id, definition, tags);
      if (checked.resources?.gpu_config?.count) {
        throw new StatusError('INVALID_ARGUMENT', 'GPUs are not supported by this backend');
      }
      const env = Object.assign(
        {},
        ...secret_sources.map(({ secret_id, env }) =>
          secret_id ? account.valuesOf(secret_id) : fromEntries(env?.contents ?? []),
        ),
      );
      const made = sandboxes.create({ version: 2, appId: app_id ?? '', definition: checked, tags, env });
      return { sandbox_id: made.id, task_id: made.taskId, metadata: handleOf(made) };
    },
    SandboxGetFromName: fromName(1),
    SandboxGetFromNameV2: fromName(2),
    SandboxGetTaskId: taskId(1),
    SandboxGetTaskIdV2: taskId(2),
    SandboxList: list([1]),
    SandboxListV2: list([1, 2]),
    SandboxWait: wait(1),
    SandboxWaitV2: wait(2),
    SandboxTerminate: terminate(1),
    SandboxTerminateV2: terminate(2),
    AppFetchLogs: ({ app_id, task_id, limit, since, until }) => {
      account.appById(app_id);
      const sandbox = sandboxes.byTask(task_id);
      const lines = sandbox.output.filter(
        ({ atSeconds }) => atSeconds >= (since?.seconds ?? 0) && atSeconds <= (until?.seconds ?? Infinity) + 1,
      );
      const items = lines.slice(-(limit || lines.length)).map(({ atSeconds, text, fd }) => ({
        data: text,
        timestamp: atSeconds,
        timestamp_ns: String(Math.round(atSeconds * 1e9)),
        file_descriptor: `FILE_DESCRIPTOR_${fd}`,
      }));
      return { batches: items.length > 0 ? [{ task_id: sandbox.taskId, sandbox_id: sandbox.id, items }] : [] };
    },
  };
}

function inScope(account: Account, sandbox: FakeSandbox, request: Requests['SandboxList']): boolean {
  if (request.app_id) return sandbox.appId === request.app_id;
  return account.appById(sandbox.appId).environment === account.environment(request.environment_name);
}

/** What a real server would refuse. */
function checkDefinition(
  account: Account,
  appId: string | undefined,
  definition: Definition | undefined,
  tags: readonly Tag[],
): Definition {
  account.appById(appId);
  const refuse = (details: string) => new StatusError('INVALID_ARGUMENT', details);
  if (!definition) throw refuse('definition is required');
  for (const { tag_name, tag_value } of tags) {
    if (!TAG.test(tag_name) || !TAG.test(tag_value)) throw refuse(`Invalid tag: ${tag_name}=${tag_value}`);
  }
  const { name, timeout_secs = 300, entrypoint_args, workdir } = definition;
  if (name !== undefined && !NAME.test(name)) throw refuse(`Invalid Sandbox name: '${name}'`);
  if (timeout_secs > DAY) throw refuse(`timeout_secs may be at most ${DAY}`);
  if (entrypoint_args.reduce((sum, word) => sum + word.length, 0) > 65_536) throw refuse('Arguments are too long');
  if (workdir && !workdir.startsWith('/')) throw refuse('workdir must be an absolute path');
  const built = account.buildResult(account.imageById(definition.image_id));
  if (built?.status !== 'GENERIC_STATUS_SUCCESS') throw new StatusError('FAILED_PRECONDITION', 'Image is not built');
  return definition;
}

function infoOf(sandbox: FakeSandbox): object {
  return {
    id: sandbox.id,
    app_id: sandbox.appId,
    created_at: sandbox.createdAt,
    name: sandbox.name,
    image_id: sandbox.definition.image_id,
    timeout_secs: sandbox.definition.timeout_secs ?? 0,
    tags: Object.entries(sandbox.tags).map(([tag_name, tag_value]) => ({ tag_name, tag_value })),
    task_info: {
      id: sandbox.taskId,
      started_at: sandbox.startedAt ?? 0,
      finished_at: sandbox.finishedAt ?? 0,
      enqueued_at: sandbox.createdAt,
      sandbox_id: sandbox.id,
      ...(sandbox.result && { result: sandbox.result }),
    },
  };
}

const handleOf = (sandbox: FakeSandbox) => ({ app_id: sandbox.appId });
