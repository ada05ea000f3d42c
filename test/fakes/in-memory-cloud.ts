import type { AttemptId, Observation, Ref, Target } from '../../shared/targets/target.ts';
import { TargetError, type TargetErrorKind } from '../../shared/targets/target-error.ts';
import type {
  Awaited,
  CloudUnderTest,
  ContainerView,
  End,
  Fault,
  FaultKind,
  Operation,
  RunningFake,
} from './cloud-under-test.ts';

interface Container {
  readonly name: string;
  readonly at: AttemptId;
  readonly env: Record<string, string>;
  readonly startsAt: number;
  stopsAt: number;
  ended: End | 'stopped' | null;
  reported: boolean;
  output: readonly string[];
}

const KINDS: Partial<Record<FaultKind, TargetErrorKind>> = {
  throttle: 'throttled',
  'server-error': 'transient',
  reset: 'unknown-outcome',
  capacity: 'capacity',
  permission: 'permission',
  credentials: 'credentials',
  'not-found': 'not-found',
  invalid: 'invalid',
};

/** A cloud without a protocol: it shows that the contract suite itself, and the lifecycle under it, are right. */
export const inMemoryCloud: CloudUnderTest = {
  name: 'a cloud in memory',
  poolType: 'process:push',
  start: async (now) => new InMemoryCloud(now),
};

class InMemoryCloud implements RunningFake {
  readonly url = '';
  readonly jobVariables = {};
  startupSeconds = 20;
  stopSeconds = 5;
  readonly #now: () => Date;
  readonly #containers = new Map<string, Container>();
  #faults: Fault[] = [];

  constructor(now: () => Date) {
    this.#now = now;
  }

  containers(): ContainerView[] {
    return [...this.#containers.values()].map((container) => ({
      name: container.name,
      at: container.at,
      env: container.env,
      command: [],
      stopRequested: Number.isFinite(container.stopsAt),
      phase: this.#phase(container),
    }));
  }

  end(name: string, how: End): void {
    this.#containers.get(name)!.ended ??= how;
  }

  print(name: string, lines: readonly string[]): void {
    this.#containers.get(name)!.output = lines;
  }

  fault(fault: Fault): boolean {
    if (!KINDS[fault.do]) return false;
    for (let time = 0; time < (fault.times ?? 1); time++) this.#faults.push(fault);
    return true;
  }

  takeEvents() {
    const events = [];
    for (const container of this.#containers.values()) {
      if (this.#phase(container) !== 'ended' || container.reported) continue;
      container.reported = true;
      const { flowRunId, attempt } = container.at;
      events.push({ flow_run_id: flowRunId, attempt, observation: this.#observe(container) });
    }
    return events;
  }

  target(_app: unknown, awaited: Awaited): Target {
    const call = <T>(on: Operation, work: () => T): Promise<T> =>
      awaited(`cloud ${on}`, async () => {
        this.#meet(on, 'before');
        const result = work();
        this.#meet(on, 'after');
        return result;
      });
    const find = (at: AttemptId) => this.#containers.get(nameOf(at));
    return {
      submit: async (job, at) => {
        if (at.mayExist && (await call('look', () => find(at)))) {
          return { ref: refOf(nameOf(at)), adopted: true, warnings: [] };
        }
        return call('create', () => {
          const name = nameOf(at);
          const adopted = this.#containers.has(name);
          const startsAt = this.#now().getTime() + this.startupSeconds * 1000;
          const env = job['env'] as Record<string, string>;
          if (!adopted)
            this.#containers.set(name, {
              ...{ name, at: { flowRunId: at.flowRunId, attempt: at.attempt }, env, startsAt },
              ...{ stopsAt: Number.POSITIVE_INFINITY, ended: null, reported: false, output: [] },
            });
          return { ref: refOf(name), adopted, warnings: [] };
        });
      },
      find: (_job, at) => call('look', () => (find(at) ? refOf(nameOf(at)) : null)),
      describe: (_job, ref) => call('describe', () => this.#observe(this.#containers.get(ref.key['name']!))),
      list: (_job, _known) =>
        call('list', () =>
          [...this.#containers.values()]
            .filter(
              (container) =>
                container.ended === null || container.ended === 'stopped' || container.ended.kind !== 'vanish',
            )
            .map((container) => ({
              ref: refOf(container.name),
              at: container.at,
              observation: this.#observe(container),
            })),
        ),
      stop: (_job, ref) =>
        call('stop', () => {
          const container = this.#containers.get(ref.key['name']!);
          if (!container) return 'not-found' as const;
          if (this.#phase(container) === 'ended') return 'already-stopped' as const;
          container.stopsAt = Math.min(container.stopsAt, this.#now().getTime() + this.stopSeconds * 1000);
          return 'stopping' as const;
        }),
      cleanUp: (_job, ref) =>
        call('clean-up', () => {
          const container = this.#containers.get(ref.key['name']!);
          return container && this.#phase(container) !== 'ended' ? ('later' as const) : ('done' as const);
        }),
      logs: (_job, ref, { tail }) =>
        call('logs', () =>
          (this.#containers.get(ref.key['name']!)?.output ?? [])
            .slice(-tail)
            .map((text) => ({ timestamp: null, text })),
        ),
    };
  }

  async close(): Promise<void> {}

  #meet(on: Operation, when: 'before' | 'after'): void {
    const place = this.#faults.findIndex((fault) => fault.on === on && (fault.when ?? 'before') === when);
    if (place < 0) return;
    const [fault] = this.#faults.splice(place, 1);
    throw new TargetError(KINDS[fault!.do]!, `The cloud met ${fault!.do} at ${on}.`);
  }

  #phase(container: Container): ContainerView['phase'] {
    const now = this.#now().getTime();
    if (container.ended) return 'ended';
    if (now >= container.stopsAt) {
      container.ended = 'stopped';
      return 'ended';
    }
    return now >= container.startsAt ? 'running' : 'starting';
  }

  #observe(container: Container | undefined): Observation {
    if (!container) return { phase: 'gone', message: 'There is no such container.' };
    const phase = this.#phase(container);
    if (phase === 'starting') return { phase: 'provisioning', message: 'The container is starting.' };
    if (phase === 'running') return { phase: 'running', message: 'The container runs.' };
    const { ended } = container;
    if (ended === 'stopped' || ended === null)
      return { phase: 'stopped', exitCode: 143, cause: 'user-stop', message: 'Stopped on request.' };
    switch (ended.kind) {
      case 'exit':
        return {
          phase: ended.code === 0 ? 'succeeded' : 'failed',
          exitCode: ended.code,
          cause: 'exit',
          message: `The container exited with code ${ended.code}.`,
        };
      case 'vanish':
        return { phase: 'gone', message: 'There is no such container.' };
      case 'oom':
        return { phase: 'failed', exitCode: 137, cause: 'oom', message: 'The container ran out of memory.' };
      default:
        return { phase: 'stopped', cause: ended.kind, message: `The container was lost: ${ended.kind}.` };
    }
  }
}

const nameOf = (at: AttemptId): string => `${at.flowRunId}/${at.attempt}`;
const refOf = (name: string): Ref => ({ pid: `memory:${name}`, key: { name, place: 'memory' } });
