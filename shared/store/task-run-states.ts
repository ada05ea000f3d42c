import { keys } from './keys.ts';
import type { Table } from './table.ts';

interface Owner {
  readonly task_run_id: string;
}

/** Whose a state is that was set on a task run over REST, which makes no event that would say so. */
export class TaskRunStates {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** May be repeated. */
  async note(stateId: string, taskRunId: string, expiresAt: Date): Promise<void> {
    const doc: Owner = { task_run_id: taskRunId };
    await this.#table.put({ key: keys.taskRunOfState(stateId), doc, expiresAt });
  }

  async owner(stateId: string): Promise<string | null> {
    return (await this.#table.get<Owner>(keys.taskRunOfState(stateId)))?.doc.task_run_id ?? null;
  }
}
