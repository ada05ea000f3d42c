import { keys } from './keys.ts';
import type { Table } from './table.ts';

/** A message left for a flow run: what `pause_flow_run(wait_for_input=…)` and `receive_input` read. */
export interface FlowRunInput {
  id: string;
  created: string;
  updated: string;
  flow_run_id: string;
  key: string;
  value: string;
  sender: string | null;
}

/** Inputs live below their run, one item a key. */
export class FlowRunInputRepository {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** Throws `ConflictError('exists')` when the run has this key. */
  async create(input: FlowRunInput): Promise<void> {
    await this.#table.create({ key: itemKey(input.flow_run_id, input.key), doc: input });
  }

  async put(input: FlowRunInput): Promise<void> {
    await this.#table.put({ key: itemKey(input.flow_run_id, input.key), doc: input });
  }

  async get(flowRunId: string, key: string): Promise<FlowRunInput | null> {
    return (await this.#table.get<FlowRunInput>(itemKey(flowRunId, key)))?.doc ?? null;
  }

  /** Inputs whose key begins with the prefix, oldest first. */
  async withPrefix(flowRunId: string, prefix: string): Promise<FlowRunInput[]> {
    const { pk, sk } = itemKey(flowRunId, prefix);
    const { items } = await this.#table.query<FlowRunInput>({ pk, prefix: sk });
    return items.map((item) => item.doc).sort((a, b) => (a.created < b.created ? -1 : 1));
  }

  async remove(flowRunId: string, key: string): Promise<void> {
    await this.#table.remove(itemKey(flowRunId, key));
  }
}

const itemKey = (flowRunId: string, key: string) => keys.below('flowRun', flowRunId, `INPUT#${key}`);
