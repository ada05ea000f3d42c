import { ConflictError } from '../domain/errors.ts';
import { Collection } from './collection.ts';
import type { StoredItem, Table } from './table.ts';

/**
 * How far the runs of a deployment's schedule have been made and armed; its id is the schedule's. A place to begin, never
 * the truth: every run has a key, so what is done twice makes nothing new.
 */
export interface ScheduleProgress {
  readonly id: string;
  readonly deployment_id: string;
  /** The version (rule 15) that the times belong to. */
  readonly version: number;
  /** Every time from here to `filled_to` has its run, made once; null before the first. */
  readonly filled_from: string | null;
  readonly filled_to: string | null;
  /** The last time whose run's start is seen to. */
  readonly armed_to: string | null;
  /** The timer that stands by: its name, and when it fires or how it repeats. */
  readonly guard: { readonly name: string; readonly at: string } | null;
}

export class ScheduleProgressRepository extends Collection<ScheduleProgress> {
  /** Stores what a process has come to from what it `read`; when another has come further meanwhile, that stays. */
  async advance(read: StoredItem<ScheduleProgress> | null, progress: ScheduleProgress): Promise<void> {
    if (read && JSON.stringify(read.doc) === JSON.stringify(progress)) return;
    try {
      await (read ? this.table.replace(read, this.write(progress)) : this.table.create(this.write(progress)));
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      await this.update(progress.id, (stored) => further(stored, progress));
    }
  }
}

export function scheduleProgressRepository(table: Table): ScheduleProgressRepository {
  return new ScheduleProgressRepository(table, { kind: 'schedule' });
}

function further(stored: ScheduleProgress, own: ScheduleProgress): ScheduleProgress | null {
  if (stored.version > own.version) return null;
  if (stored.version < own.version) return own;
  const ahead = (stored.filled_to ?? '') > (own.filled_to ?? '') ? stored : own;
  const merged: ScheduleProgress = {
    ...own,
    filled_from: ahead.filled_from,
    filled_to: ahead.filled_to,
    armed_to: latest(stored.armed_to, own.armed_to),
    guard: (stored.guard?.at ?? '') > (own.guard?.at ?? '') ? stored.guard : own.guard,
  };
  return JSON.stringify(merged) === JSON.stringify(stored) ? null : merged;
}

const latest = (a: string | null, b: string | null): string | null => ((a ?? '') > (b ?? '') ? a : b);
