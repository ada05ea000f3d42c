import type { Job, Observation, Ref } from '../target.ts';
import type { Aci, GroupView } from './aci.ts';

/** A group may not be seen at once after it was put. */
const UNSEEN_SECONDS = 60;
/** Azure tries to pull an image for ever: this often is enough to know. */
const PULL_FAILURES = 3;
const SIGKILL = 137;
const NO_ROOM = /not available in the location|capacity|quota/i;

/** One look at a group, by the table of targets.md 2.2. */
export async function describeGroup(aci: Aci, rawJob: Job, ref: Ref): Promise<Observation> {
  const { group = '', container = '', submittedAt } = ref.key;
  const view = await aci.openFor(rawJob, ref).get(group);
  if (view) return observationOf(view, container);
  const ageSeconds = submittedAt
    ? (aci.now().getTime() - new Date(submittedAt).getTime()) / 1000
    : Number.POSITIVE_INFINITY;
  if (ageSeconds < UNSEEN_SECONDS)
    return { phase: 'provisioning', message: `Azure does not show the container group '${group}' yet.` };
  return { phase: 'gone', message: `The container group '${group}' was deleted outside pushpool.` };
}

/** What Azure's view of a group means. Its states are compared without regard to case, as only some of them are documented. */
export function observationOf(view: GroupView, container: string): Observation {
  const found = view.containers.find(({ name }) => name === container) ?? view.containers[0];
  const { currentState, events = [], restartCount = 0 } = found?.instanceView ?? {};
  const name = `The container group '${view.name}'`;
  const groupState = lower(view.instanceView?.state);
  const again = restartCount > 0 ? ' Azure restarted it.' : '';
  if (lower(currentState?.state) === 'terminated') {
    const evicted =
      events.some((event) => lower(event.name) === 'evicted') || lower(currentState?.detailStatus) === 'evicted';
    return terminated({
      name,
      evicted,
      stopped: groupState === 'stopped',
      exitCode: currentState?.exitCode,
      detail: currentState?.detailStatus ?? '',
      killed: events.some((event) => /killing container/i.test(event.message ?? '')),
      memory: found?.resources.requests.memoryInGB,
      again,
    });
  }
  if (lower(currentState?.state) === 'running') return { phase: 'running', message: `${name} is running.${again}` };
  const failed = lower(view.provisioningState) === 'failed' || groupState === 'failed';
  if (failed) return failedToStart(name, view);
  const pulls = events.filter((event) => lower(event.name) === 'failed' && /pull/i.test(event.message ?? ''));
  const tries = pulls.reduce((sum, event) => sum + (event.count ?? 1), 0);
  if (tries >= PULL_FAILURES) {
    return {
      phase: 'failed',
      cause: 'image-pull',
      message: `Azure could not pull the image '${found?.image}': ${pulls.at(-1)?.message} Check the variables 'image' and 'image_registry', and that the image is made for linux/amd64.`,
    };
  }
  return { phase: 'provisioning', message: `${name} is being started.` };
}

interface Terminated {
  readonly name: string;
  readonly evicted: boolean;
  readonly stopped: boolean;
  readonly exitCode: number | undefined;
  readonly detail: string;
  readonly killed: boolean;
  readonly memory: number | undefined;
  readonly again: string;
}

function terminated({ name, evicted, stopped, exitCode, detail, killed, memory, again }: Terminated): Observation {
  const code = exitCode === undefined ? {} : { exitCode };
  // no exit code: the code of a container that Azure killed says nothing of what it ran
  if (evicted)
    return { phase: 'stopped', cause: 'spot', message: `${name} lost its host: Azure took its Spot capacity back.` };
  const outOfMemory = lower(detail) === 'oomkilled' || (exitCode === SIGKILL && killed && !stopped);
  if (outOfMemory) {
    return {
      phase: 'failed',
      cause: 'oom',
      ...code,
      message: `${name} ran out of memory (${memory} GB). Raise the variable 'memory'.`,
    };
  }
  if (stopped) return { phase: 'stopped', cause: 'user-stop', ...code, message: `${name} was stopped.` };
  if (exitCode === 0)
    return { phase: 'succeeded', cause: 'exit', exitCode, message: `${name} ended with exit code 0.${again}` };
  if (exitCode === undefined) {
    return { phase: 'stopped', cause: 'unknown', message: `${name} ended; Azure does not say how.${again}` };
  }
  return { phase: 'failed', cause: 'exit', exitCode, message: `${name} ended with exit code ${exitCode}.${again}` };
}

function failedToStart(name: string, view: GroupView): Observation {
  const events = [
    ...(view.instanceView?.events ?? []),
    ...view.containers.flatMap((one) => one.instanceView?.events ?? []),
  ];
  const said = events.at(-1)?.message ?? 'Azure does not say why.';
  return {
    phase: 'failed',
    cause: NO_ROOM.test(said) ? 'capacity' : 'config',
    message: `${name} could not be started: ${said}`,
  };
}

const lower = (text: string | undefined): string => (text ?? '').toLowerCase();
