import { ConflictError } from '../domain/errors.ts';
import { idOf, type Kind, keys } from './keys.ts';
import type { IndexKeys, ItemWrite, StoredItem, Table, TallyPlace } from './table.ts';

export interface Entity {
  readonly id: string;
}

export interface CollectionOptions<Doc extends Entity> {
  readonly kind: Kind;
  /** The name that only one entity may have (a natural key), or null when this one has none. */
  readonly uniqueName?: (doc: Doc) => string | null;
  /** Where the entity is listed. */
  readonly indexes?: (doc: Doc) => IndexKeys;
  /** The same entity under another id, for documents that carry it more than once. */
  readonly withId?: (doc: Doc, id: string) => Doc;
  /** Where the entity stands in lists that are counted. */
  readonly tallied?: (doc: Doc) => readonly TallyPlace[];
}

/** What `create` made or found. */
export interface Created<Doc> {
  readonly doc: Doc;
  readonly created: boolean;
  readonly stored: StoredItem<Doc>;
}

interface UniqueLock {
  id: string;
  /** Set while the entity is being deleted: whoever meets it helps to finish. */
  deleting?: boolean;
}

const NAME_ATTEMPTS = 8;

/**
 * Entities of one kind: an item per id, a lock item per unique name, key-only lists. Every step is a single-item write and
 * a crash between two is mended by whoever comes next: a lock without its entity is adopted, a lock marked as deleting is
 * carried through.
 */
export class Collection<Doc extends Entity> {
  readonly table: Table;
  readonly #options: CollectionOptions<Doc>;

  constructor(table: Table, options: CollectionOptions<Doc>) {
    this.table = table;
    this.#options = options;
  }

  key(id: string) {
    return keys.entity(this.#options.kind, id);
  }

  /** The entity's write with all its index places: for callers that put it with conditions of their own. */
  write(doc: Doc): ItemWrite<Doc> {
    const { indexes, tallied } = this.#options;
    return { key: this.key(doc.id), doc, indexes: indexes?.(doc) ?? {}, ...(tallied && { tallied }) };
  }

  async read(id: string): Promise<StoredItem<Doc> | null> {
    return this.table.get<Doc>(this.key(id));
  }

  async get(id: string): Promise<Doc | null> {
    return (await this.read(id))?.doc ?? null;
  }

  /** Those that exist, in the order of `ids`. */
  async getMany(ids: readonly string[]): Promise<Doc[]> {
    const found = await this.table.getMany<Doc>(ids.map((id) => this.key(id)));
    return found.filter((item) => item !== null).map((item) => item.doc);
  }

  /** By unique name; two point reads. */
  async getByName(name: string): Promise<Doc | null> {
    return (await this.readByName(name))?.doc ?? null;
  }

  async readByName(name: string): Promise<StoredItem<Doc> | null> {
    const lock = await this.table.get<UniqueLock>(keys.unique(this.#options.kind, name));
    return lock && !lock.doc.deleting ? this.read(lock.doc.id) : null;
  }

  /**
   * Creates the entity unless one with its unique name exists, which is then returned with `created: false`.
   * May be repeated: the second call returns what the first made. `doc.id` gives way to the id of a half-made predecessor.
   */
  async create(doc: Doc): Promise<Created<Doc>> {
    const name = this.#options.uniqueName?.(doc) ?? null;
    if (name === null) return { doc, created: true, stored: await this.table.create(this.write(doc)) };
    for (let attempt = 1; attempt <= NAME_ATTEMPTS; attempt++) {
      const id = await this.#claim(name, doc.id);
      const existing = id === doc.id ? null : await this.read(id);
      if (existing) return { doc: existing.doc, created: false, stored: existing };
      try {
        const made = id === doc.id ? doc : (this.#options.withId?.(doc, id) ?? { ...doc, id });
        return { doc: made, created: true, stored: await this.table.create(this.write(made)) };
      } catch (error) {
        if (!(error instanceof ConflictError)) throw error;
        const winner = await this.read(id);
        if (winner) return { doc: winner.doc, created: false, stored: winner };
      }
    }
    throw new ConflictError('name-contended', `The name "${name}" is being created and deleted by others; try again.`);
  }

  /**
   * Changes the entity under its revision; `change` may run several times and returns the new document, or null to leave it.
   * A changed unique name takes the new lock first; throws `ConflictError('exists')` when another entity holds it.
   */
  async update(id: string, change: (doc: Doc) => Doc | null): Promise<Doc | null> {
    const unique = this.#options.uniqueName;
    if (!unique) {
      const stored = await this.table.update<Doc>(this.key(id), (doc) => {
        const next = change(doc);
        return next && this.write(next);
      });
      return stored?.doc ?? null;
    }
    for (let attempt = 1; ; attempt++) {
      const stored = await this.read(id);
      if (!stored) return null;
      const next = change(stored.doc);
      if (!next) return stored.doc;
      const [before, after] = [unique(stored.doc), unique(next)];
      if (after !== null && after !== before && (await this.#claim(after, id)) !== id) {
        throw new ConflictError('exists', `Another one is named "${after}".`);
      }
      try {
        await this.table.replace(stored, this.write(next));
        if (before !== null && before !== after) await this.#release(before, id);
        return next;
      } catch (error) {
        if (!(error instanceof ConflictError) || attempt >= NAME_ATTEMPTS) throw error;
      }
    }
  }

  /** Deletes entity and lock; false when there was none. May be repeated. */
  async delete(id: string): Promise<boolean> {
    const stored = await this.read(id);
    if (!stored) return false;
    const name = this.#options.uniqueName?.(stored.doc) ?? null;
    if (name === null) {
      await this.#remove(id, stored.doc);
      return true;
    }
    await this.table.update<UniqueLock>(keys.unique(this.#options.kind, name), (lock) =>
      lock.id === id ? { key: keys.unique(this.#options.kind, name), doc: { ...lock, deleting: true } } : null,
    );
    await this.#finishDelete(name, id);
    return true;
  }

  /** All entities of a list in index `ix1` order: for small kinds that people look at whole. */
  async *list(options: { descending?: boolean } = {}): AsyncGenerator<Doc> {
    yield* this.listFrom({ index: 'ix1', pk: keys.list(this.#options.kind, '').pk, ...options });
  }

  /** Entities in the order of an index range, read in pages. */
  async *listFrom(range: Parameters<Table['list']>[0]): AsyncGenerator<Doc> {
    let after = range.after;
    do {
      const page = await this.table.list({ limit: 100, ...range, ...(after && { after }) });
      yield* await this.getMany(page.items.map((item) => idOf(item.key)));
      after = page.next ?? undefined;
    } while (after);
  }

  /** Takes the name for `id`, or returns the id that holds it. */
  async #claim(name: string, id: string): Promise<string> {
    const key = keys.unique(this.#options.kind, name);
    for (let attempt = 1; ; attempt++) {
      const lock = await this.table.get<UniqueLock>(key);
      if (lock && !lock.doc.deleting) return lock.doc.id;
      if (lock) await this.#finishDelete(name, lock.doc.id);
      try {
        await this.table.create<UniqueLock>({ key, doc: { id } });
        return id;
      } catch (error) {
        if (!(error instanceof ConflictError) || attempt >= NAME_ATTEMPTS) throw error;
      }
    }
  }

  async #finishDelete(name: string, id: string): Promise<void> {
    const tallied = this.#options.tallied ? await this.get(id) : null;
    await this.#remove(id, tallied);
    await this.#release(name, id);
  }

  async #remove(id: string, doc: Doc | null): Promise<void> {
    const done = await this.table.moving((doc && this.#options.tallied?.(doc)) ?? []);
    await this.table.remove(this.key(id));
    await done();
  }

  async #release(name: string, id: string): Promise<void> {
    const lock = await this.table.get<UniqueLock>(keys.unique(this.#options.kind, name));
    if (lock?.doc.id !== id) return;
    try {
      await this.table.remove(lock.key, lock);
    } catch (error) {
      // Somebody else carried the deletion through and the name has a new owner: theirs stays.
      if (!(error instanceof ConflictError)) throw error;
    }
  }
}
