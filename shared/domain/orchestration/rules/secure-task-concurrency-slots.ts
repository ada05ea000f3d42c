import type { TaskRunRule } from '../task-run-facts.ts';

/** any → RUNNING: a tagged task run takes a slot of each limit on its tags, or waits. A limit of 0 would never let it run. */
export const secureTaskConcurrencySlots: TaskRunRule = ({ facts }) => {
  const slots = facts.slots ?? 'unlimited';
  if (slots === 'unlimited') return undefined;
  if (slots === 'free') return { effects: ['take-slot'] };
  if (slots.kind === 'limit-zero') {
    const reason = `The concurrency limit on tag "${slots.tag}" is 0 and will deadlock if the task tries to run again.`;
    return { refusal: { status: 'ABORT', reason } };
  }
  const reason = `Concurrency limit reached for tags: ${slots.tags.join(', ')}`;
  return { refusal: { status: 'WAIT', reason, delaySeconds: slots.delaySeconds } };
};
