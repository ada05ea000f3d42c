import type { JsonObject } from '../domain/json/json.ts';

/**
 * The shape every cloud's adapter has (targets.md 1.1). One folder per cloud with the same file names: `parse.ts` (pure, no
 * SDK: also in the API function), `submit.ts`, `describe.ts`, `stop.ts`, `clean-up.ts`, `logs.ts`, `errors.ts`,
 * `credentials.ts`, and `target.ts`, which puts them together. All calls are safe to repeat; what goes wrong is a
 * `TargetError` (target-error.ts), and nothing else is thrown on purpose.
 */

/** One attempt to run a flow run's container; counts submissions from 1. Names and tokens are derived from it alone. */
export interface AttemptId {
  readonly flowRunId: string;
  readonly attempt: number;
}

/** What a submission knows of its run besides the job. Frozen with the job: a repeated submission sees the same. */
export interface RunContext {
  readonly flowRunName: string;
  readonly flowId: string;
  readonly flowName: string | null;
  readonly deploymentId: string | null;
  readonly workPoolId: string;
  readonly workPoolName: string;
}

export interface Attempt extends AttemptId {
  readonly run: RunContext;
  /** False only when no submission of this attempt can have reached the cloud: then the look before the create may be left out. */
  readonly mayExist: boolean;
}

/**
 * Where a container is: what Prefect stores as `infrastructure_pid`, and what stop and clean-up need besides, so that they
 * work after the pool was edited. JSON only, no secrets. `key.place` names what one `list` covers (region and cluster, project and
 * region, app, …, and a hash of the credentials): containers of one place are looked at together.
 */
export interface Ref {
  readonly pid: string;
  readonly key: Readonly<Record<string, string>>;
}

/**
 * What leaves for the cloud: the pool's job configuration with every placeholder resolved, secrets and blocks included. Of any
 * type: `env` (texts, complete), `labels` (texts, Prefect's and the user's), `name`, `command` (a text to be shell-split).
 * Any other key may be missing.
 */
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

/** One look at a container. `capacity`, `spot`, `host` before the flow started make a new attempt, 3 at most. */
export interface Observation {
  readonly phase: Phase;
  /** Only when the cloud said so. */
  readonly exitCode?: number;
  readonly cause?: Cause;
  /** A sentence for a person that says what happened and what to do; becomes the state's message. */
  readonly message: string;
}

export interface LogLine {
  /** RFC 3339, or null when the cloud keeps no time. */
  readonly timestamp: string | null;
  readonly text: string;
}

/** One container as a list shows it. */
export interface Listed {
  readonly ref: Ref;
  readonly at: AttemptId;
  readonly observation: Observation;
  /** When it ended, RFC 3339; from clouds that go on showing containers that have ended. */
  readonly endedAt?: string;
}

export interface Target {
  /**
   * Makes the container exist exactly once for this attempt and returns in under 30 s, without waiting for its start: derive
   * the name, look, create, adopt on conflict. Refuses a job that `parse` finds wrong.
   */
  submit(job: Job, at: Attempt): Promise<Submitted>;
  /** What an earlier submission of this attempt made, ended or not; null when there is nothing (yet). */
  find(job: Job, at: Attempt): Promise<Ref | null>;
  /** One observation; a container that is not there is the observation `gone`. */
  describe(job: Job, ref: Ref): Promise<Observation>;
  /**
   * What the pool watch calls once a minute for each place (rule 17), in as few requests as the cloud allows: `known` are
   * containers of one `key.place`, `job` is the job of one of them. Answers what it finds of `known` and may answer more of
   * pushpool's containers there; with `known` empty, all of them in the job's place. What is missing is asked for by `describe`
   * before it counts as gone.
   */
  list(job: Job, known: readonly Ref[]): Promise<Listed[]>;
  /** Asks for the end: SIGTERM, then SIGKILL after the cloud's grace. */
  stop(job: Job, ref: Ref, why: string): Promise<'stopping' | 'already-stopped' | 'not-found'>;
  /** Deletes what `submit` created; `later` when the container still ends. */
  cleanUp(job: Job, ref: Ref): Promise<'done' | 'later'>;
  /** The last lines of output, oldest first; empty when the cloud has none or does not give them. */
  logs(job: Job, ref: Ref, options: { readonly tail: number }): Promise<LogLine[]>;
}

/** True once a container will not run again. */
export function hasEnded(observation: Observation): boolean {
  return observation.phase !== 'provisioning' && observation.phase !== 'running';
}
