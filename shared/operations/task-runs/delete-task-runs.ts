import type { App } from '../app.ts';

/** How many deletions are under way at a time. */
const AT_ONCE = 25;

/** Deletes the task runs of a flow run that goes for good, before the run itself, so that who is interrupted begins again. */
export async function deleteTaskRunsOf(app: App, flowRunId: string): Promise<void> {
  let batch: string[] = [];
  const remove = async () => {
    await Promise.all(batch.map((id) => app.store.taskRuns.delete(id)));
    batch = [];
  };
  for await (const { id } of app.store.taskRuns.documentsOfFlowRun(flowRunId)) {
    batch.push(id);
    if (batch.length === AT_ONCE) await remove();
  }
  await remove();
}
