import type { Firing } from '../domain/automations/firing.ts';
import { ConflictError } from '../domain/errors.ts';
import { keys } from './keys.ts';
import type { ItemWrite, StoredItem, Table } from './table.ts';

/** Firings of automations: pending until every action is done, then kept so that none is made twice. */
export class AutomationFirings {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  read(id: string): Promise<StoredItem<Firing> | null> {
    return this.#table.get<Firing>(keys.entity('automationFiring', id));
  }

  /** Stores a firing; false when it was there already. May be repeated. */
  async create(firing: Firing, expiresAt: Date): Promise<boolean> {
    try {
      await this.#table.create(write(firing, expiresAt));
      return true;
    } catch (error) {
      if (error instanceof ConflictError) return false;
      throw error;
    }
  }

  /** Throws `ConflictError` when somebody wrote since. */
  replace(read: StoredItem<Firing>, firing: Firing, expiresAt: Date): Promise<StoredItem<Firing>> {
    return this.#table.replace(read, write(firing, expiresAt));
  }
}

export const isPerformed = (firing: Firing): boolean => firing.actions.every(({ done }) => done);

function write(firing: Firing, expiresAt: Date): ItemWrite<Firing> {
  const pending = !isPerformed(firing);
  return { key: keys.entity('automationFiring', firing.id), doc: firing, pending, expiresAt };
}
