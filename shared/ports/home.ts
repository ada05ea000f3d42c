import type { Clock } from './clock.ts';
import type { EventBus } from './event-bus.ts';
import type { LifecycleEngine } from './lifecycle-engine.ts';
import type { Realtime } from './realtime.ts';
import type { Secrets } from './secrets.ts';
import type { Timers } from './timers.ts';

/** What differs between the homes, and nothing else. Doors receive it with the store; they never ask which home it is. */
export interface Ports {
  readonly clock: Clock;
  readonly engine: LifecycleEngine;
  readonly timers: Timers;
  readonly secrets: Secrets;
  readonly realtime: Realtime;
  readonly bus: EventBus;
  readonly settings: Settings;
}

export interface Settings {
  /** The address clients and containers use, e.g. `https://d123.cloudfront.net/api`. */
  readonly apiUrl: string;
  /** API keys and run tokens are asked for. Always true in AWS. */
  readonly authRequired: boolean;
  /** Which function runs Submit and Finish for a pool type, e.g. `{"ecs:push": "arn:…"}`; a type that is absent cannot be pushed to here. */
  readonly targets: Readonly<Record<string, string>>;
  /** The pool types where every end of a container is reported without being asked for: no pool watch is kept for them. */
  readonly reportsEnds?: readonly string[];
  /** Roles beside those under `/pushpool/` that this home's own AWS role may hand to ECS tasks (rule 30). @default any */
  readonly passRoles?: readonly string[];
  /** How long events and logs are kept. */
  readonly retentionDays: number;
  /** How long the container of a run that is being cancelled may take to end by itself, before it is stopped (rule 11). @default 45 */
  readonly cancelGraceSeconds?: number;
}
