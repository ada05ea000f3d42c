import type { Log } from '../../domain/log.ts';
import type { Connection } from './connection.ts';
import { allPages } from './paging.ts';

export type { Log };

export function logs({ request }: Connection) {
  return {
    /** Lines of a flow run and its task runs, oldest first; `after` leaves out that time and what came before it. */
    ofFlowRun: (flowRunId: string, { after, most }: { after?: string; most?: number } = {}) =>
      allPages(
        (limit, offset) =>
          request<Log[]>('POST', '/logs/filter', {
            logs: { flow_run_id: { any_: [flowRunId] }, ...(after && { timestamp: { after_: after } }) },
            sort: 'TIMESTAMP_ASC',
            limit,
            offset,
          }),
        most,
      ),
  };
}
