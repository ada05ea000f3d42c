import type { ExecutionInput } from '../../ports/lifecycle-engine.ts';

/** What a step of the state machine is called with. `token` comes with the steps that wait. */
export interface StepEvent {
  readonly step: string;
  readonly input: ExecutionInput;
  readonly token?: string;
}

/** What Prepare answers: the way the execution goes on. */
export type Prepared =
  | { readonly next: 'submit' | 'await' | 'finish'; readonly target: string }
  /** `until`: RFC 3339 with whole seconds or more. */
  | { readonly next: 'wait'; readonly until: string }
  | { readonly next: 'park' }
  | { readonly next: 'done'; readonly why: string };

/**
 * Thrown by Finish when the container has been told to end and has not yet: the state machine waits for its end, or for the
 * grace to pass, and calls Finish again.
 */
export class AwaitEnd extends Error {
  override readonly name = 'AwaitEnd';
}
