import { TerminalError } from '../domain/errors.ts';
import type { App } from '../operations/app.ts';
import { bucketTimerFired } from '../operations/automations/automation-buckets.ts';
import { performFiring } from '../operations/automations/perform-firing.ts';
import { lookWhenLeaseEnds, wakeNext } from '../operations/concurrency/slot-wakes.ts';
import { lookAtStatus } from '../operations/events/status-events.ts';
import type { TimerEvent } from '../operations/events/timer-events.ts';
import { performEffects } from '../operations/flow-runs/pending-effects.ts';
import { lookAtState } from '../operations/flow-runs/state-timers.ts';
import { markLate } from '../operations/schedules/mark-late.ts';
import { guardFired } from '../operations/schedules/schedule-window.ts';
import { settleSchedules } from '../operations/schedules/settle-schedules.ts';
import { lookAfterListener } from '../operations/streaming/listeners.ts';
import { lookAfterTaskWorker } from '../operations/task-runs/task-workers.ts';
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
