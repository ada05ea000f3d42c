import type { State } from './states.ts';

/** Prefect's `OrchestrationResult`: the answer to every `set_state`, refusals included (prefect-api 4.1). */
export interface OrchestrationResult {
  state: State | null;
  status: 'ACCEPT' | 'REJECT' | 'WAIT' | 'ABORT';
  details:
    | { type: 'accept_details' }
    | { type: 'reject_details'; reason: string | null }
    | { type: 'wait_details'; delay_seconds: number; reason: string | null }
    | { type: 'abort_details'; reason: string | null };
}
