import type { JsonObject } from '../../shared/domain/json/json.ts';
import type { ContainerEnded } from '../../shared/lifecycle/ending/container-ended.ts';
import type { App } from '../../shared/operations/app.ts';
import type { AttemptId, Target } from '../../shared/targets/target.ts';

/** What the contract suite, the simulation and the invariants ask of a fake cloud, whatever protocol it speaks. */
export interface CloudUnderTest {
  /** As people call it. */
  readonly name: string;
  readonly poolType: string;
  /** The cloud itself ends a container that runs longer than the job variable `timeout` says. */
  readonly limitsRunTime?: boolean;
  /** Starts the fake. It tells time by `now` alone. */
  start(now: () => Date): Promise<RunningFake>;
}

export interface RunningFake {
  /** Where it listens; empty for a cloud without a protocol. */
  readonly url: string;
  /** Job variables with which a pool of the type, with its own template, runs flows here: credentials, endpoints, places. */
  readonly jobVariables: JsonObject;
  /**
   * An adapter as a fresh process makes it, nothing remembered. `awaited` stands around every request that leaves, so that a
   * process can be killed before or after it.
   */
  target(app: App, awaited: Awaited): Target;
  /** Every container ever made, in the order of creation. */
  containers(): readonly ContainerView[];
  /** The container ends by itself. A container that has not started can only end as `image-pull`, `spot`, `host` or `vanish`. */
  end(name: string, how: End): void;
  /** How long a container takes to start; Infinity for never. Holds for containers made from now on. */
  startupSeconds: number;
  /** How long a container takes to end once it is asked to; Infinity for one that ignores it. */
  stopSeconds: number;
  /** What the container printed; what `logs` then gives. */
  print(name: string, lines: readonly string[]): void;
  /** False when this cloud knows no such fault. */
  fault(fault: Fault): boolean;
  /** The events that the cloud has sent since the last call, as its trigger reads them; absent where the cloud sends none. */
  takeEvents?(): ContainerEnded[];
  close(): Promise<void>;
}

export type Awaited = <T>(label: string, work: () => Promise<T>) => Promise<T>;

export interface ContainerView {
  /** The cloud's own name or id. */
  readonly name: string;
  readonly at: AttemptId;
  readonly phase: 'starting' | 'running' | 'ended';
  /** As the container sees it. */
  readonly env: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  readonly stopRequested: boolean;
}

export type End =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'oom' | 'image-pull' | 'spot' | 'host' | 'vanish' };

export const OPERATIONS = ['look', 'create', 'describe', 'list', 'stop', 'clean-up', 'logs'] as const;
export type Operation = (typeof OPERATIONS)[number];
export const FAULTS = [
  'throttle',
  'server-error',
  'reset',
  'capacity',
  'permission',
  'credentials',
  'not-found',
  'invalid',
  'stale',
] as const;
export type FaultKind = (typeof FAULTS)[number];

/** One line of a fault script: the next `times` requests of the operation meet it. */
export interface Fault {
  readonly on: Operation;
  readonly do: FaultKind;
  /** Before the request had its effect, or after. @default before */
  readonly when?: 'before' | 'after';
  /** @default 1 */
  readonly times?: number;
}
