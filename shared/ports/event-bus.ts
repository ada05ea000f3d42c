import type { FlowRunStateChange } from '../domain/events/flow-run-state-change.ts';

/** Where a team's own rules listen: an EventBridge bus in AWS; nowhere locally, unless somebody listens. */
export interface EventBus {
  /** Puts one event. It may arrive twice: the state's id tells. Throws `TransientError` when throttled. */
  put(change: FlowRunStateChange): Promise<void>;
}

/** How EventBridge rules recognise these events. */
export const EVENT_SOURCE = 'pushpool';
export const STATE_CHANGE = 'Flow Run State Change';
