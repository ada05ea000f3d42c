import type { FlowRunDocument } from '../domain/flow-run-life.ts';
import type { App } from '../operations/app.ts';
import type { ExecutionInput } from '../ports/lifecycle-engine.ts';
import { changeLife } from './change-life.ts';

/** True when the run is due but must wait: its pool or queue is paused, or the pool is full. */
export async function mustPark(app: App, doc: FlowRunDocument): Promise<boolean> {
  const { work_pool_id, work_queue_id } = doc.run;
  const pool = work_pool_id ? await app.store.workPools.get(work_pool_id) : null;
  const queue = work_queue_id ? await app.store.workQueues.get(work_queue_id) : null;
  return Boolean(pool?.is_paused || queue?.is_paused);
}

/**
 * Waits with a token until something is released. The token is written first, then the reason to wait is looked at once
 * more, so that a release in between is not missed (rule 18). Safe to run twice.
 */
export async function park(app: App, input: ExecutionInput, token: string): Promise<void> {
  const doc = await changeLife(app, input.flow_run_id, (life) =>
    life.generation === input.generation && life.phase === 'waiting'
      ? { ...life, token: { value: token, generation: input.generation, waitsFor: 'slot' } }
      : null,
  );
  const parked = doc?.life.token?.value === token;
  if (!doc || !parked || doc.run.state_type !== 'SCHEDULED' || !(await mustPark(app, doc))) {
    await app.engine.signal(token, { reason: 'nothing to wait for' });
  }
}

/** Lets every parked run of these queues look again: after a pool or queue is resumed. Safe to call twice. */
export async function wakeParkedRuns(app: App, workQueueIds: readonly string[]): Promise<void> {
  const now = app.clock.now().toISOString();
  for (const queueId of workQueueIds) {
    for await (const doc of app.store.flowRuns.waitingInQueue(queueId, now)) {
      const { token } = doc.life;
      if (token?.waitsFor === 'slot') await app.engine.signal(token.value, { reason: 'released' });
    }
  }
}
