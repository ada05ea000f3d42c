import { TransientError } from '../../shared/domain/errors.ts';
import type {
  AttemptId,
  Job,
  Listed,
  LogLine,
  Observation,
  Ref,
  Submitted,
  Target,
} from '../../shared/targets/target.ts';

export interface FakeContainer {
  name: string;
  at: AttemptId;
  job: Job;
  observation: Observation;
  output: string[];
  cleanedUp: boolean;
}

/**
 * A cloud as a program: containers with state, a recorder of every call, and faults on demand. Names are derived from run and
 * attempt, as every target does, so that a repeated submission finds what the first one made.
 */
export class FakeCloud implements Target {
  readonly containers = new Map<string, FakeContainer>();
  readonly calls: string[] = [];
  /** Thrown once by the next call of this name, before or after it has had its effect. */
  readonly faults: { call: 'submit' | 'describe' | 'stop'; when: 'before' | 'after'; error: Error }[] = [];
  /** What `stop` does: containers that end at once, or that take the request and go on. */
  stopsAtOnce = true;

  async submit(job: Job, at: AttemptId): Promise<Submitted> {
    const name = `${at.flowRunId}/${at.attempt}`;
    return this.#call('submit', name, async () => {
      const adopted = this.containers.has(name);
      if (!adopted) {
        const observation: Observation = { phase: 'running', message: 'The container runs.' };
        this.containers.set(name, { name, at, job, observation, output: [], cleanedUp: false });
      }
      return { ref: refOf(name), adopted, warnings: [] };
    });
  }

  async find(_job: Job, { flowRunId, attempt }: AttemptId): Promise<Ref | null> {
    const name = `${flowRunId}/${attempt}`;
    return this.#call('find', name, async () => (this.containers.has(name) ? refOf(name) : null));
  }

  async list(_job: Job, known: readonly Ref[]): Promise<Listed[]> {
    return this.#call('list', String(known.length), async () =>
      [...this.containers.values()].map(({ name, at, observation }) => ({ ref: refOf(name), at, observation })),
    );
  }

  async describe(_job: Job, ref: Ref): Promise<Observation> {
    const name = ref.key['name'] ?? '';
    return this.#call('describe', name, async () => {
      return this.containers.get(name)?.observation ?? { phase: 'gone', message: 'There is no such container.' };
    });
  }

  async stop(_job: Job, ref: Ref, _why: string): Promise<'stopping' | 'already-stopped' | 'not-found'> {
    const name = ref.key['name'] ?? '';
    return this.#call('stop', name, async () => {
      const container = this.containers.get(name);
      if (!container) return 'not-found';
      if (this.stopsAtOnce)
        this.end(name, { phase: 'stopped', exitCode: 143, cause: 'user-stop', message: 'Stopped on request.' });
      return 'stopping';
    });
  }

  async cleanUp(_job: Job, ref: Ref): Promise<'done' | 'later'> {
    const name = ref.key['name'] ?? '';
    return this.#call<'done' | 'later'>('cleanUp', name, async () => {
      const container = this.containers.get(name);
      if (container) container.cleanedUp = true;
      return 'done';
    });
  }

  async logs(_job: Job, ref: Ref, { tail }: { tail: number }): Promise<LogLine[]> {
    const lines = this.containers.get(ref.key['name'] ?? '')?.output ?? [];
    return lines.slice(-tail).map((text) => ({ timestamp: null, text }));
  }

  /** The container ends by itself. */
  end(name: string, observation: Partial<Observation> & { exitCode?: number } = { exitCode: 0 }): Observation {
    const container = this.containers.get(name);
    if (!container) throw new Error(`No container ${name}.`);
    const phase = observation.phase ?? (observation.exitCode === 0 ? 'succeeded' : 'failed');
    container.observation = { cause: 'exit', message: '', ...observation, phase };
    return container.observation;
  }

  failOnce(
    call: 'submit' | 'describe' | 'stop',
    when: 'before' | 'after',
    error: Error = new TransientError('flaky', 'The cloud did not answer.'),
  ): void {
    this.faults.push({ call, when, error });
  }

  async #call<T>(call: string, name: string, work: () => Promise<T>): Promise<T> {
    this.calls.push(`${call} ${name}`);
    this.#fault(call, 'before');
    const result = await work();
    this.#fault(call, 'after');
    return result;
  }

  #fault(call: string, when: 'before' | 'after'): void {
    const place = this.faults.findIndex((fault) => fault.call === call && fault.when === when);
    if (place < 0) return;
    const [fault] = this.faults.splice(place, 1);
    throw fault!.error;
  }
}

const refOf = (name: string): Ref => ({ pid: `fake:${name}`, key: { name, place: 'fake' } });
