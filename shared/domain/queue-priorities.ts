export interface Prioritised {
  readonly id: string;
  readonly priority: number;
}

/** The lowest priority that no queue has. */
export function freePriority(queues: readonly Prioritised[]): number {
  const taken = new Set(queues.map(({ priority }) => priority));
  let priority = 1;
  while (taken.has(priority)) priority++;
  return priority;
}

/**
 * Priorities of all queues of a pool once one has been given the priority it asks for: whoever stood there or below moves
 * down as far as needed, gaps stay (Prefect's `bulk_update_work_queue_priorities`). Without `moved`, only clashes are solved.
 */
export function reprioritised(queues: readonly Prioritised[], moved?: Prioritised): Map<string, number> {
  const others = queues.filter(({ id }) => id !== moved?.id).toSorted((a, b) => a.priority - b.priority);
  const place = moved ? others.findIndex(({ priority }) => priority >= moved.priority) : -1;
  const ordered = moved ? others.toSpliced(place === -1 ? others.length : place, 0, moved) : others;
  const result = new Map<string, number>();
  let last = 0;
  for (const { id, priority } of ordered) {
    last = priority <= last ? last + 1 : priority;
    result.set(id, last);
  }
  return result;
}
