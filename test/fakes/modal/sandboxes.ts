import { randomBytes } from 'node:crypto';
import { StatusError } from './faults.ts';
import type { Definition, GenericResult, Tag } from './wire.ts';

export type Version = 1 | 2;

/** A sandbox and its life. Times are seconds of the fake's clock. */
export interface FakeSandbox {
  readonly id: string;
  readonly version: Version;
  readonly taskId: string;
  readonly appId: string;
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly definition: Definition;
  /** The environment as the container sees it: named secrets, then what was sent. */
  readonly env: Readonly<Record<string, string>>;
  readonly createdAt: number;
  /** When the container starts. */
  readonly startsAt: number;
  startedAt: number | null;
  finishedAt: number | null;
  result: GenericResult | null;
  /** When a terminate takes effect. */
  endsAt: number | null;
  /** Modal no longer knows it. */
  forgotten: boolean;
  readonly output: { atSeconds: number; text: string; fd: 'STDOUT' | 'STDERR' }[];
}

export interface NewSandbox {
  readonly version: Version;
  readonly appId: string;
  readonly definition: Definition;
  readonly tags: readonly Tag[];
  readonly env: Readonly<Record<string, string>>;
}

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
export const randomId = (length: number): string =>
  Array.from(randomBytes(length), (byte) => ALPHABET[byte % ALPHABET.length]).join('');

/** Clients tell the versions apart by the id: 22 letters and digits are the first, anything else is the second. */
const newId = (version: Version): string => `sb-${randomId(version === 1 ? 22 : 26)}`;

/** Every sandbox of the account. */
export class Sandboxes {
  /** Everything ever made, in the order of creation. */
  readonly all: FakeSandbox[] = [];
  /** From created to started; for sandboxes made from now on. */
  startAfterSeconds = 1;
  /** From terminate to the end. */
  stopAfterSeconds = 0;
  /** How long a new name is not found by look-ups. */
  nameIndexDelaySeconds = 0;
  /** Told of every new sandbox. */
  onCreated: (sandbox: FakeSandbox) => void = () => {};
  /** Told of every sandbox whose end was asked for. */
  onTerminated: (sandbox: FakeSandbox) => void = () => {};
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** What Modal still knows. */
  get known(): FakeSandbox[] {
    return this.all.filter(({ forgotten }) => !forgotten);
  }

  create(made: NewSandbox): FakeSandbox {
    const { definition } = made;
    const name = definition.name ?? '';
    const taken = this.known.find(
      (other) => other.version === made.version && other.appId === made.appId && other.name === name && name !== '',
    );
    if (taken && this.settle(taken).result === null) {
      throw new StatusError('ALREADY_EXISTS', `Sandbox with name '${name}' already exists in this App.`);
    }
    const sandbox: FakeSandbox = {
      ...made,
      id: newId(made.version),
      taskId: `ta-${randomId(22)}`,
      name,
      tags: Object.fromEntries(made.tags.map(({ tag_name, tag_value }) => [tag_name, tag_value])),
      createdAt: this.#now(),
      startsAt: this.#now() + this.startAfterSeconds,
      startedAt: null,
      finishedAt: null,
      result: null,
      endsAt: null,
      forgotten: false,
      output: [],
    };
    this.all.push(sandbox);
    this.onCreated(sandbox);
    return sandbox;
  }

  /** The sandbox of that id, if it is of that version. */
  get(id: string | undefined, version: Version | null = null): FakeSandbox {
    const sandbox = this.known.find((one) => one.id === id && (version === null || one.version === version));
    if (!sandbox) throw new StatusError('NOT_FOUND', `Sandbox with id '${id}' not found`);
    return this.settle(sandbox);
  }

  byTask(taskId: string | undefined): FakeSandbox {
    const sandbox = this.known.find((one) => one.taskId === taskId);
    if (!sandbox) throw new StatusError('NOT_FOUND', `Task with id '${taskId}' not found`);
    return this.settle(sandbox);
  }

  /** By name: the running one, else the one that ended last where that is asked for. */
  byName(version: Version, appId: string, name: string, includeTerminated: boolean): FakeSandbox | null {
    const indexed = this.known.filter(
      (one) =>
        one.version === version &&
        one.appId === appId &&
        one.name === name &&
        this.#now() >= one.createdAt + this.nameIndexDelaySeconds,
    );
    const running = indexed.find((one) => this.settle(one).result === null);
    return running ?? (includeTerminated ? (indexed.at(-1) ?? null) : null);
  }

  terminate(sandbox: FakeSandbox): GenericResult | null {
    if (sandbox.result) return sandbox.result;
    sandbox.endsAt ??= this.#now() + this.stopAfterSeconds;
    this.settle(sandbox);
    this.onTerminated(sandbox);
    return null;
  }

  /** The container ends by itself, having started. */
  end(sandbox: FakeSandbox, result: GenericResult): void {
    if (sandbox.result) return;
    sandbox.startedAt ??= result.status === 'GENERIC_STATUS_INIT_FAILURE' ? null : this.#now();
    sandbox.finishedAt = this.#now();
    sandbox.result = result;
  }

  /** Modal forgets it. */
  forget(sandbox: FakeSandbox): void {
    sandbox.forgotten = true;
  }

  /** Brings a sandbox to the present. */
  settle(sandbox: FakeSandbox): FakeSandbox {
    const now = this.#now();
    if (sandbox.result) return sandbox;
    if (sandbox.startedAt === null && now >= sandbox.startsAt) sandbox.startedAt = sandbox.startsAt;
    const timeout = sandbox.startedAt !== null ? sandbox.startedAt + (sandbox.definition.timeout_secs ?? 300) : null;
    if (sandbox.endsAt !== null && now >= sandbox.endsAt) {
      sandbox.finishedAt = sandbox.endsAt;
      sandbox.result = { status: 'GENERIC_STATUS_TERMINATED' };
    } else if (timeout !== null && now >= timeout) {
      sandbox.finishedAt = timeout;
      sandbox.result = { status: 'GENERIC_STATUS_TIMEOUT' };
    }
    return sandbox;
  }
}
