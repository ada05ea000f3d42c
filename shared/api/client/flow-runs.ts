import type * as z from 'zod/mini';
import type { OrchestrationResult } from '../../domain/orchestration-result.ts';
import type { FlowRunResponse } from '../../operations/flow-runs/flow-run-response.ts';
import type { flowRunFilterBody } from '../schemas/flow-runs.ts';
import type { setStateBody } from '../schemas/states.ts';
import type { Connection } from './connection.ts';
import { allPages } from './paging.ts';

export type FlowRun = FlowRunResponse;

export function flowRuns({ request }: Connection) {
  return {
    read: (id: string) => request<FlowRun>('GET', `/flow_runs/${id}`),
    /** Every state that it was in, oldest first. */
    states: (id: string) =>
      request<NonNullable<FlowRun['state']>[]>('GET', `/flow_run_states/?flow_run_id=${encodeURIComponent(id)}`),
    /** The first `most` that match. */
    filter: (body: z.input<typeof flowRunFilterBody>, most: number) =>
      allPages((limit, offset) => request<FlowRun[]>('POST', '/flow_runs/filter', { ...body, limit, offset }), most),
    /** The answer says ACCEPT, REJECT, WAIT or ABORT: a refusal is no error of the request. */
    setState: (id: string, body: z.input<typeof setStateBody>) =>
      request<OrchestrationResult>('POST', `/flow_runs/${id}/set_state`, body),
    delete: (id: string) => request<null>('DELETE', `/flow_runs/${id}`),
  };
}
