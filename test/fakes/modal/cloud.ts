import { createModalTarget } from '../../../shared/targets/modal/target.ts';
import type { CloudUnderTest, End, Fault, FaultKind, Operation, RunningFake } from '../cloud-under-test.ts';
import type { Misbehaviour } from './faults.ts';
import { FakeModal } from './modal.ts';
import type { GenericResult, Method } from './wire.ts';

const DIGEST = `sha256:${'a1'.repeat(32)}`;
/** By digest, so that no registry is asked. */
export const IMAGE = `docker.io/prefecthq/prefect@${DIGEST}`;
export const TOKEN = { token_id: 'ak-test', token_secret: 'as-test' };

/** The methods of each operation, in the second version of the protocol and in the first, which GPUs need. */
const METHODS: Record<Operation, { readonly cpu: Method; readonly gpu: Method } | null> = {
  look: { cpu: 'SandboxGetFromNameV2', gpu: 'SandboxGetFromName' },
  create: { cpu: 'SandboxCreateV2', gpu: 'SandboxCreate' },
  describe: { cpu: 'SandboxWaitV2', gpu: 'SandboxWait' },
  list: { cpu: 'SandboxListV2', gpu: 'SandboxListV2' },
  stop: { cpu: 'SandboxTerminateV2', gpu: 'SandboxTerminate' },
  logs: { cpu: 'AppFetchLogs', gpu: 'AppFetchLogs' },
  'clean-up': null,
};

const MISBEHAVIOURS: Record<FaultKind, Misbehaviour> = {
  throttle: { code: 'RESOURCE_EXHAUSTED', details: 'Rate limit exceeded', retryAfterSeconds: 30 },
  'server-error': { code: 'INTERNAL', details: 'Internal error' },
  reset: 'reset',
  capacity: { code: 'RESOURCE_EXHAUSTED', details: 'The concurrency limit of your plan is reached' },
  permission: { code: 'PERMISSION_DENIED', details: 'Token may not use this environment' },
  credentials: { code: 'UNAUTHENTICATED', details: 'Token was revoked' },
  'not-found': { code: 'NOT_FOUND', details: "App 'prefect-pool' not found" },
  invalid: { code: 'INVALID_ARGUMENT', details: 'Region is unknown' },
  stale: { code: 'NOT_FOUND', details: 'Sandbox not found' },
};

/** Modal as the contract suite sees it; with `gpu`, every sandbox is one of the first version. `prepare` sets the fake up. */
export const modalCloud = (
  gpu: string | null = null,
  prepare: (fake: FakeModal) => void = () => {},
): CloudUnderTest => ({
  name: gpu ? `Modal with a GPU (${gpu})` : 'Modal',
  poolType: 'modal:push',
  limitsRunTime: true,
  async start(now) {
    const fake = await FakeModal.start(now);
    prepare(fake);
    return runningFake(fake, gpu);
  },
});

function runningFake(fake: FakeModal, gpu: string | null): RunningFake {
  const { sandboxes } = fake.account;
  const find = (id: string) => {
    const sandbox = sandboxes.all.find((one) => one.id === id);
    if (!sandbox) throw new Error(`No sandbox ${id}.`);
    return sandbox;
  };
  return {
    url: fake.url,
    jobVariables: { modal_credentials: TOKEN, image: IMAGE, ...(gpu && { gpu }) },
    target: (app, awaited) => createModalTarget({ serverUrl: fake.url, awaited, now: app.clock.now }),
    containers: () =>
      sandboxes.all.map((sandbox) => {
        const { id, tags, env, definition, endsAt, startedAt, result, forgotten } = sandboxes.settle(sandbox);
        return {
          name: id,
          at: { flowRunId: tags['pushpool.flow-run-id'] ?? '', attempt: Number(tags['pushpool.attempt']) },
          phase: result || forgotten ? 'ended' : startedAt === null ? 'starting' : 'running',
          env,
          command: definition.entrypoint_args,
          stopRequested: endsAt !== null,
        };
      }),
    end: (id, how) => {
      if (how.kind === 'vanish') sandboxes.forget(find(id));
      else sandboxes.end(find(id), resultOf(how));
    },
    get startupSeconds() {
      return sandboxes.startAfterSeconds;
    },
    set startupSeconds(seconds) {
      sandboxes.startAfterSeconds = seconds;
    },
    get stopSeconds() {
      return sandboxes.stopAfterSeconds;
    },
    set stopSeconds(seconds) {
      sandboxes.stopAfterSeconds = seconds;
    },
    print(id, lines) {
      find(id).output.push({ atSeconds: fake.clock.now(), text: `${lines.join('\n')}\n`, fd: 'STDOUT' });
    },
    fault({ on, do: kind, when = 'before', times = 1 }: Fault) {
      const methods = METHODS[on];
      if (!methods || (kind === 'stale' && on !== 'look')) return false;
      fake.faults.add({ on: gpu ? methods.gpu : methods.cpu, when, times, do: MISBEHAVIOURS[kind] });
      return true;
    },
    async close() {
      fake.close();
      if (fake.violations.length > 0) throw new Error(`Against Modal's protocol: ${fake.violations.join('; ')}`);
    },
  };
}

function resultOf(how: Exclude<End, { kind: 'vanish' }>): GenericResult {
  switch (how.kind) {
    case 'exit':
      return how.code === 0
        ? { status: 'GENERIC_STATUS_SUCCESS', exitcode: 0 }
        : { status: 'GENERIC_STATUS_FAILURE', exitcode: how.code };
    case 'oom':
      return { status: 'GENERIC_STATUS_KERNEL_OOM_KILL', exitcode: 137 };
    case 'image-pull':
      return { status: 'GENERIC_STATUS_INIT_FAILURE', exception: 'Failed to pull image' };
    default:
      return { status: 'GENERIC_STATUS_INTERNAL_FAILURE', exception: 'The worker was lost' };
  }
}
