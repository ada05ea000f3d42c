import { holderId } from '../../domain/concurrency/holder-ids.ts';
import { tagLimitName, tagOfLimit } from '../../domain/concurrency/limit.ts';
import { ClientError } from '../../domain/errors.ts';
import { isDeferred, type TagSlots, type TaskRunTransition } from '../../domain/orchestration/forced-task-runs.ts';
import type { StateProposal, StateType } from '../../domain/states.ts';
import type { TaskRun } from '../../domain/task-run.ts';
import type { App } from '../app.ts';
import { giveBackTo, limitsByName, type StoredLimit, takeAll } from '../concurrency/concurrency-slots.ts';
import { holderOf, ownerOf } from '../concurrency/slot-owners.ts';
import { giveTagSlots } from '../concurrency/tag-limits.ts';

/** A slot of each limit on a task run's tags, taken before its transition is decided. */
export interface TaskSlotClaim {
  readonly slots: TagSlots;
  /** Keeps the slots for a task run that runs by them, and gives back all others. May be repeated. */
  settle(transition: TaskRunTransition | null): Promise<void>;
}

/** The longest that a task is told to wait (`PREFECT_SERVER_TASKS_TAG_CONCURRENCY_SLOT_WAIT_SECONDS`, its default). */
const LONGEST_WAIT_SECONDS = 10;
/** Between taking a slot and the state that holds it there is one write; later, the process has died and nothing runs. */
const CLAIM_SECONDS = 60;
const HOLDING: ReadonlySet<StateType | null> = new Set(['RUNNING', 'CANCELLING']);

/**
 * Takes what a proposal to run needs (prefect-api 4.5); a task run that holds its slots already keeps them. Forced and deferred
 * states ask for none, tasks that Prefect's engine runs take theirs themselves.
 */
export async function claimTaskSlots(
  app: App,
  task: TaskRun,
  proposal: StateProposal,
  force: boolean,
): Promise<TaskSlotClaim> {
  if (task.tags.length === 0) return { slots: 'unlimited', settle: async () => {} };
  const asks = proposal.type === 'RUNNING' && !force && !isDeferred(proposal);
  if (!asks) return { slots: 'unlimited', settle: settled(app, task, []) };
  const limits = (await limitsByName(app, task.tags.map(tagLimitName))).filter(({ doc }) => doc.active);
  const zero = limits.find(({ doc }) => doc.limit === 0);
  if (zero) return refused({ kind: 'limit-zero', tag: tagOf(zero) });
  const expires = new Date(app.clock.now().getTime() + CLAIM_SECONDS * 1000);
  const holder = holderOf(holderId('task', task.id), 1, expires);
  try {
    await takeAll(app, limits, { slots: 1, mode: 'concurrency' }, holder, { again: true });
  } catch (error) {
    if (!(error instanceof ClientError) || error.kind !== 'locked') throw error;
    const seconds = Math.round(Number(error.details['retryAfterSeconds']));
    const delaySeconds = Math.min(LONGEST_WAIT_SECONDS, Math.max(1, seconds));
    return refused({ kind: 'full', tags: limits.map(tagOf), delaySeconds });
  }
  return { slots: limits.length > 0 ? 'free' : 'unlimited', settle: settled(app, task, limits) };
}

const refused = (slots: TagSlots): TaskSlotClaim => ({ slots, settle: async () => {} });

function settled(app: App, task: TaskRun, limits: readonly StoredLimit[]): TaskSlotClaim['settle'] {
  const holder = holderId('task', task.id);
  return async (transition) => {
    if (transition?.releaseSlots) {
      await giveTagSlots(app, { names: task.tags, task_run_id: task.id });
    } else if (transition?.takeSlots || HOLDING.has(task.state_type)) {
      for (const { doc } of limits) await app.store.slots.renew(ownerOf('limit', doc.id), holder, 1, null);
    } else {
      for (const { doc } of limits) await giveBackTo(app, doc.id, holder, 1);
    }
  };
}

const tagOf = ({ doc: { name } }: StoredLimit): string => tagOfLimit(name) ?? name;
