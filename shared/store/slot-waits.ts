import { keys } from './keys.ts';
import type { Cursor } from './range.ts';
import type { StoredItem, Table } from './table.ts';

/** The flow runs that wait for slots of an owner, in the order in which they are woken. One item each. */
export class SlotWaits {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** May be repeated. */
  async add(owner: string, sort: string): Promise<void> {
    await this.#table.put({ key: keys.waits(owner, sort), doc: {} });
  }

  /** May be repeated. */
  async remove(owner: string, sort: string): Promise<void> {
    await this.#table.remove(keys.waits(owner, sort));
  }

  /** From the first on, up to `before` when it is given; read consistently, in pages. */
  async *inOrder(owner: string, before?: string): AsyncGenerator<string> {
    const { pk } = keys.waits(owner, '');
    let after: Cursor | undefined;
    do {
      const page: { items: StoredItem<unknown>[]; next: Cursor | null } = await this.#table.query({
        pk,
        limit: 50,
        ...(after && { after }),
      });
      for (const { key } of page.items) {
        if (before !== undefined && key.sk >= before) return;
        yield key.sk;
      }
      after = page.next ?? undefined;
    } while (after);
  }
}
