import type { Log } from '../../domain/log.ts';
import type { Connection } from './connection.ts';
import { allPages } from './paging.ts';

export type { Log };

export function logs({ request }: Connection) {
  /** Lines of a flow run and its task runs, oldest first; `after` is the first moment that counts. */
  const page = (
    flowRunId: string,
    { after, limit, offset }: { after?: string | undefined; limit: number; offset: number },
  ) =>
    request<Log[]>('POST', '/logs/filter', {
      logs: { flow_run_id: { any_: [flowRunId] }, ...(after && { timestamp: { after_: after } }) },
      sort: 'TIMESTAMP_ASC',
      limit,
      offset,
    });
  return {
    page,
    /** All of them, or the first `most`. */
    ofFlowRun: (flowRunId: string, most?: number) =>
      allPages((limit, offset) => page(flowRunId, { limit, offset }), most),
  };
}
