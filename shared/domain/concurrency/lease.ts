/** What a lease of Prefect's API holds and for whom. What decides until when stands with the slots (`shard.ts`). */
export interface ConcurrencyLease {
  readonly id: string;
  readonly created: string;
  /** When it ends unless it is renewed; RFC 3339. */
  readonly expires: string;
  readonly limit_ids: readonly string[];
  readonly slots: number;
  readonly holder: LeaseHolder | null;
}

export interface LeaseHolder {
  readonly type: 'flow_run' | 'task_run' | 'deployment';
  readonly id: string;
}
