import type { JsonObject } from '../domain/json.ts';

/** The shape every cloud's adapter has (architecture, "Targets"). All calls are safe to repeat. */

/** One attempt to run a flow run's container; counts submissions from 1. */
export interface Attempt {
  readonly flowRunId: string;
  readonly attempt: number;
}

/** Where a container is: what Prefect stores as `infrastructure_pid`, and what stop and clean-up need besides. JSON only. */
export interface Ref {
  readonly pid: string;
  readonly key: Readonly<Record<string, string>>;
}

/** What leaves for the cloud: the pool's job configuration with every placeholder resolved, secrets included. */
export type Job = JsonObject;

export interface Submitted {
  readonly ref: Ref;
  /** True when the container was there already and has been taken over. */
  readonly adopted: boolean;
  /** Sentences for the run's log. */
  readonly warnings: readonly string[];
}

export type Phase = 'provisioning' | 'running' | 'succeeded' | 'failed' | 'stopped' | 'gone';
export type Cause =
  | 'exit'
  | 'oom'
  | 'image-pull'
  | 'spot'
  | 'host'
  | 'capacity'
  | 'timeout'
  | 'user-stop'
  | 'config'
  | 'unknown';

/** One look at a container. */
export interface Observation {
  readonly phase: Phase;
  /** Only when the cloud said so. */
  readonly exitCode?: number;
  readonly cause?: Cause;
  /** A sentence for a person; becomes the state's message. */
  readonly message: string;
}

export interface LogLine {
  /** RFC 3339, or null when the cloud keeps no time. */
  readonly timestamp: string | null;
  readonly text: string;
}

export interface Target {
  /** Makes the container exist exactly once for this attempt and returns in under 30 s, without waiting for its start. */
  submit(job: Job, at: Attempt): Promise<Submitted>;
  /** One observation; a container that is not there is the observation `gone`. */
  describe(job: Job, ref: Ref): Promise<Observation>;
  /** Asks for the end: SIGTERM, then SIGKILL after the cloud's grace. */
  stop(job: Job, ref: Ref, why: string): Promise<'stopping' | 'already-stopped' | 'not-found'>;
  /** Deletes what `submit` created; `later` when the container still ends. */
  cleanUp(job: Job, ref: Ref): Promise<'done' | 'later'>;
  /** The last lines of output, oldest first; empty when the cloud has none. */
  logs(job: Job, ref: Ref, options: { readonly tail: number }): Promise<LogLine[]>;
}

/** Everything pushpool started for one pool: what a pool watch calls where the cloud sends no events (rule 17). */
export interface ListingTarget extends Target {
  list(job: Job): Promise<{ readonly ref: Ref; readonly at: Attempt; readonly observation: Observation }[]>;
}

/** True once a container will not run again. */
export function hasEnded(observation: Observation): boolean {
  return observation.phase !== 'provisioning' && observation.phase !== 'running';
}
