/** How an execution ended. */
export interface Outcome {
  readonly exitCode?: number;
  /** The task's message. */
  readonly message?: string;
  readonly termSignal?: number;
  /** `CommonReason` of the condition, e.g. when the image is not there. */
  readonly reason?: string;
  /** gRPC status of the task, 4 for a time-out. */
  readonly statusCode?: number;
  readonly cancelled?: boolean;
}

export interface Execution {
  readonly name: string;
  readonly job: Job;
  readonly createdAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
  outcome: Outcome | null;
  cancellingSince: Date | null;
  retried: number;
  output: { at: Date; text: string }[];
}

export interface Job {
  /** The last part of its name. */
  readonly id: string;
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: the vendor's own JSON
  readonly spec: any;
  readonly createdAt: Date;
  readonly executions: Execution[];
  /** Why it cannot run: `CommonReason`. */
  broken: { reason: string; message: string } | null;
}
