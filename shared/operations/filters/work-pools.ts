import type { WorkPoolFilter, WorkQueueFilter } from '../../api/schemas/filters.ts';
import { anyOf, asked, combine, named, startsWith } from '../../domain/filters/criteria.ts';
import type { WorkPool, WorkQueue } from '../../domain/work-pool.ts';

type Maybe<T> = T | null | undefined;

export function matchesWorkPool(filter: Maybe<WorkPoolFilter>, pool: Pick<WorkPool, 'id' | 'name' | 'type'>): boolean {
  if (!filter) return true;
  return combine(filter.operator, [
    named(filter.id, pool.id),
    named(filter.name, pool.name),
    asked(filter.type, ({ any_ }) => [anyOf(any_, pool.type)]),
  ]);
}

export function matchesWorkQueue(filter: Maybe<WorkQueueFilter>, queue: Pick<WorkQueue, 'id' | 'name'>): boolean {
  if (!filter) return true;
  return combine(filter.operator, [
    named(filter.id, queue.id),
    filter.name
      ? combine('and_', [anyOf(filter.name.any_, queue.name), startsWith(filter.name.startswith_, queue.name)])
      : null,
  ]);
}
