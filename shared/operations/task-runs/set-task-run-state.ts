import { ClientError } from '../../domain/errors.ts';
import type { TaskRunInput } from '../../domain/orchestration/forced-task-runs.ts';
import { orchestrateTaskRun } from '../../domain/orchestration/task-runs.ts';
import type { OrchestrationResult } from '../../domain/orchestration-result.ts';
import type { Principal } from '../../domain/principal.ts';
import type { StateProposal } from '../../domain/states.ts';
import { TaskRunStates } from '../../store/task-run-states.ts';
import type { App } from '../app.ts';
import { deliverTasksOrLater, enqueueTask } from './background-tasks.ts';
import { cachedStateFor, rememberResult } from './cached-results.ts';
import { taskRunFacts } from './task-run-facts.ts';
import { type Proposed, propose } from './task-run-proposals.ts';
import { assertOwned } from './task-runs.ts';
import { claimTaskSlots } from './task-slots.ts';

/**
 * `POST /task_runs/{id}/set_state`: proposes a state under the task-run policy (prefect-api 4.5). `changed` is true when the
 * run has a new state. Two proposals at once: one wins, the other is decided on what it made. Throws 404.
 */
export async function setTaskRunState(
  app: App,
  principal: Principal,
  id: string,
  proposal: StateProposal,
  options: { readonly force?: boolean } = {},
): Promise<{ result: OrchestrationResult; changed: boolean }> {
  const known = await app.store.taskRuns.get(id);
  if (!known) {
    throw new ClientError('not-found', `Task run with id ${id} not found`, { details: { exception: true } });
  }
  await assertOwned(app, principal, known.task.flow_run_id);
  const force = options.force ?? false;
  const claim = await claimTaskSlots(app, known.task, proposal, force);
  const cachedState = force ? null : await cachedStateFor(app, proposal);
  const facts = { ...(await taskRunFacts(app, known.task)), slots: claim.slots, cachedState };
  const decide = (input: TaskRunInput) => orchestrateTaskRun({ ...input, force });
  let outcome: Proposed | null = null;
  await app.store.taskRuns.update(id, (doc) => {
    outcome = propose(app, doc, proposal, decide, facts);
    return outcome.changed ? outcome.next : null;
  });
  const { result, changed, next, transition } = outcome ?? propose(app, known, proposal, decide, facts);
  await claim.settle(changed ? transition : null);
  if (changed && result.state) await noteOwner(app, result.state.id, id);
  if (changed && transition.insertCache) await rememberResult(app, next.task);
  if (changed && transition.enqueue) {
    await enqueueTask(app, next.task);
    await deliverTasksOrLater(app, next.task.task_key);
  }
  return { result, changed };
}

const DAY_MS = 86_400_000;

/** So that the state is found by its id for as long as those are that events tell of (decision 026). */
async function noteOwner(app: App, stateId: string, taskRunId: string): Promise<void> {
  const expires = new Date(app.clock.now().getTime() + app.settings.retentionDays * DAY_MS);
  await new TaskRunStates(app.store.table).note(stateId, taskRunId, expires);
}
