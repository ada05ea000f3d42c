import type { ActionOutcome, Firing } from '../../domain/automations/firing.ts';
import type { Event } from '../../domain/events/event.ts';
import type { JsonObject } from '../../domain/json/json.ts';

/** An action could not be done, for a reason its event names. */
export class ActionFailed extends Error {
  override readonly name = 'ActionFailed';
  /** Trying again may help. */
  readonly mayPass: boolean;

  constructor(reason: string, options: { readonly mayPass?: boolean; readonly cause?: unknown } = {}) {
    super(reason, { cause: options.cause });
    this.mayPass = options.mayPass ?? false;
  }
}

export interface Performance {
  readonly firing: Firing;
  readonly index: number;
  /** The event that the action answers to. */
  readonly cause: Event | null;
}

/** What an action did so far; stays when it fails. */
export interface OutcomeSoFar extends ActionOutcome {
  readonly related: { [label: string]: string }[];
  readonly details: JsonObject;
}
