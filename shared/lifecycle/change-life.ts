import type { FlowRunDocument, FlowRunLife } from '../domain/flow-run-life.ts';
import type { App } from '../operations/app.ts';

/** Changes the life alone; null leaves it. */
export async function changeLife(
  app: App,
  flowRunId: string,
  change: (life: FlowRunLife, doc: FlowRunDocument) => FlowRunLife | null,
): Promise<FlowRunDocument | null> {
  return app.store.flowRuns.update(flowRunId, (doc) => {
    const life = change(doc.life, doc);
    return life && { ...doc, life };
  });
}
