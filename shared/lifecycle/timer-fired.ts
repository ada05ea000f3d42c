import { TerminalError } from '../domain/errors.ts';
import type { App } from '../operations/app.ts';
import { bucketTimerFired } from '../operations/automation-buckets.ts';
import { lookAfterListener } from '../operations/listeners.ts';
import { markLate } from '../operations/mark-late.ts';
import { performEffects } from '../operations/pending-effects.ts';
import { performFiring } from '../operations/perform-firing.ts';
import { guardFired } from '../operations/schedule-window.ts';
import { settleSchedules } from '../operations/settle-schedules.ts';
import { lookWhenLeaseEnds, wakeNext } from '../operations/slot-wakes.ts';
import { lookAtState } from '../operations/state-timers.ts';
import { lookAtStatus } from '../operations/status-events.ts';
import { lookAfterTaskWorker } from '../operations/task-workers.ts';
import type { TimerEvent } from '../operations/timer-events.ts';
import type { ExecutionInput } from '../ports/lifecycle-engine.ts';

/** A timer of time itself has fired, perhaps late, perhaps twice: everything is looked at afresh. */
export async function timerFired(app: App, event: TimerEvent): Promise<void> {
  switch (event.kind) {
    case 'guard':
      await settleSchedules(app, event.deployment_id);
      return guardFired(app, event);
    case 'late':
      return markLate(app, event.flow_run_id);
    case 'wake':
      await wakeNext(app, event.owner);
      return lookWhenLeaseEnds(app, event.owner);
    case 'bucket':
      return bucketTimerFired(app, event);
    case 'firing':
      return performFiring(app, event.firing_id);
    case 'state':
      return lookAtState(app, event.flow_run_id, event.state_id);
    case 'status':
      return lookAtStatus(app, event.of, event.id);
    case 'task-worker':
      return lookAfterTaskWorker(app, event.connection_id);
    case 'listener':
      return lookAfterListener(app, event.connection_id, event.since);
    case 'start':
      return startSoonDue(app, event.input);
    default:
      throw new TerminalError('unknown-timer', `No timer is of the kind "${(event as { kind: string }).kind}".`);
  }
}

/** Rule 14: what was too far ahead is started now; a run that was moved or has begun has an execution of its own. */
async function startSoonDue(app: App, input: ExecutionInput): Promise<void> {
  const stored = await app.store.flowRuns.read(input.flow_run_id);
  if (!stored) return;
  const { life, run } = stored.doc;
  if (life.generation !== input.generation || life.phase !== 'waiting' || run.state_type !== 'SCHEDULED') return;
  const start = { kind: 'start', attempt: input.attempt, generation: input.generation } as const;
  await performEffects(app, {
    ...stored,
    doc: { ...stored.doc, life: { ...life, pending: [...life.pending, start] } },
  });
}
