import type { Bucket } from '../domain/automations/bucket.ts';
import type { ChildFiring, Children } from '../domain/automations/composite.ts';
import { ConflictError } from '../domain/errors.ts';
import type { ReceivedEvent } from '../domain/events/event.ts';
import type { Key } from './key.ts';
import { keys } from './keys.ts';
import type { StoredItem, Table } from './table.ts';

/** A bucket of a trigger with what its last change still owes the world (rule 2). */
export interface BucketDocument {
  readonly automation_id: string;
  readonly trigger_id: string;
  /** The values of the trigger's `for_each` labels. */
  readonly key: readonly string[];
  readonly bucket: Bucket | null;
  /** Of a composite trigger: which of its own have fired. */
  readonly children?: Children;
  /** A firing that was decided by the write and is to be made. */
  readonly firing: OwedFiring | null;
  /** The end of the window needs a timer that is not set yet. */
  readonly arm: boolean;
  /** When the timer fires that stands for this bucket; null when none does. */
  readonly timer: number | null;
}

export interface OwedFiring {
  readonly id: string;
  readonly triggered: string;
  readonly triggering_event: ReceivedEvent | null;
  readonly depth: number;
  /** Of a composite trigger: the firings that made it fire. */
  readonly triggering_firings?: readonly ChildFiring[];
}

/** Kept so long after the window or the last change, then nobody asks for it any more. */
const KEPT_MS = 3_600_000;

/** One item per trigger and bucket, changed by conditional writes alone. */
export class AutomationBuckets {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  read(triggerId: string, key: readonly string[]): Promise<StoredItem<BucketDocument> | null> {
    return this.readAt(keys.automationBucket(triggerId, key));
  }

  readAt(key: Key): Promise<StoredItem<BucketDocument> | null> {
    return this.#table.get<BucketDocument>(key);
  }

  /** Writes over what was `read`, or creates. Throws `ConflictError` when somebody was first. Nothing left is no item. */
  async write(
    read: StoredItem<BucketDocument> | null,
    doc: BucketDocument,
  ): Promise<StoredItem<BucketDocument> | null> {
    const pending = doc.firing !== null || doc.arm;
    if (doc.bucket === null && doc.timer === null && !doc.children && !pending) {
      if (read) await this.#table.remove(read.key, read);
      return null;
    }
    // The window of an event that comes late may be long over.
    const last = Math.max(doc.bucket?.end ?? 0, doc.timer ?? 0, this.#table.now().getTime());
    const write = {
      key: keys.automationBucket(doc.trigger_id, doc.key),
      doc,
      pending,
      ...(!pending && !doc.children && { expiresAt: new Date(last + KEPT_MS) }),
    };
    return read ? this.#table.replace(read, write) : this.#table.create(write);
  }

  /** Removes one that nobody will ask for any more; whoever changes it meanwhile keeps it. May be repeated. */
  async forget(triggerId: string, key: readonly string[]): Promise<void> {
    const read = await this.read(triggerId, key);
    if (!read) return;
    await this.#table.remove(read.key, read).catch((error: unknown) => {
      if (!(error instanceof ConflictError)) throw error;
    });
  }
}
