import { setAlarm } from './alarm.ts';
import type { Functions } from './lambda.ts';
import { LIMITS } from './limits.ts';
import type { CompiledStateMachine, TaskState } from './state-machine.ts';

/** The interpreter's own timers end after 24 days; an execution is run again from its start before that (each step finds its place). */
const RENEW_AFTER_MS = 20 * 24 * 3600 * 1000;

/** Step Functions' errors that no Retry and no Catch sees. */
class TerminalStatesError extends Error {
  override readonly name: string;
  readonly isRetryable = false;
  readonly isCatchable = false;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

class StatesTimeoutError extends Error {
  override readonly name = 'States.Timeout';
}

export interface ExecutionOutcome {
  readonly status: 'succeeded' | 'failed' | 'stopped';
  readonly error?: unknown;
}

export interface Execution {
  /** States entered so far, in order. */
  readonly states: readonly string[];
  /** What Step Functions bills: the start, every state entered, every retry. */
  readonly transitions: number;
  /** `stopped` when `stop` came first. Never rejects. */
  readonly outcome: Promise<ExecutionOutcome>;
  stop(): void;
}

export interface ExecutionContext {
  readonly name: string;
  readonly input: object;
  readonly functions: Functions;
  /** Where the engine finds the waiting states of all executions. */
  readonly tokens: Map<string, (output: Record<string, unknown>) => void>;
  /** @default Step Functions' 25,000 */
  readonly eventLimit?: number;
}

/** Runs one execution from its start to its end. */
export function runExecution({ machine, tasks }: CompiledStateMachine, context: ExecutionContext): Execution {
  const states: string[] = [];
  let transitions = 1;
  let events = 1;
  let underWay = 0;
  let stopped = false;
  let current: { abort(): void } | undefined;
  /** Read by `$$.Task.Token` while a state's parameters are made; used up by the task that gets them. */
  const task = { Token: newToken() };

  const countEvents = (count: number) => {
    events += count;
    if (events > (context.eventLimit ?? LIMITS.stepFunctions.events)) {
      throw new TerminalStatesError('States.Runtime', 'The execution reached the maximum number of history events.');
    }
  };

  async function call(state: TaskState, input: Parameters<Functions['invoke']>[1]): Promise<Record<string, unknown>> {
    const token = task.Token;
    task.Token = newToken();
    countEvents(state.kind === 'wait' ? 0 : state.kind === 'invoke' ? 3 : 4);
    checkSize(input, 'input');
    if (state.kind === 'wait') return await waitUntil(input as WaitInput);
    const { FunctionName, Payload } = input as { FunctionName: string; Payload: unknown };
    const work = (async () => {
      underWay += 1;
      try {
        return await context.functions.invoke(FunctionName, Payload);
      } finally {
        underWay -= 1;
      }
    })();
    const answer =
      state.kind === 'invoke'
        ? work.then((result) => ({ ExecutedVersion: '$LATEST', Payload: result, StatusCode: 200 }))
        : signalled(token, work);
    const output = await withinTimeout(answer, state.timeoutSeconds, () => context.tokens.delete(token));
    checkSize(output, 'output');
    return output as Record<string, unknown>;
  }

  /** Ends when the token is answered, or when the function that was to hand it over failed. */
  function signalled(token: string, work: Promise<unknown>): Promise<Record<string, unknown>> {
    return new Promise((resolve, reject) => {
      context.tokens.set(token, (output) => {
        context.tokens.delete(token);
        resolve(output);
      });
      work.catch((error: unknown) => {
        context.tokens.delete(token);
        reject(error);
      });
    });
  }

  function newToken(): string {
    return `${context.name}.${crypto.randomUUID()}`;
  }

  async function runOnce(): Promise<ExecutionOutcome | 'renew'> {
    let renew = false;
    const handlers = Object.fromEntries(
      [...tasks].map(([name, state]) => [name, (input: unknown) => call(state, input)]),
    );
    const run = machine.run(context.input as never, {
      overrides: { taskResourceLocalHandlers: handlers as never },
      noThrowOnAbort: true,
      context: { Execution: { Name: context.name }, Task: task },
    });
    current = run;
    const renewal = setAlarm(Date.now() + RENEW_AFTER_MS, function ring() {
      if (underWay > 0) return void setTimeout(ring, 60_000).unref();
      renew = true;
      run.abort();
    });
    const followed = follow(run.eventLogs);
    try {
      await run.result;
      return renew ? 'renew' : { status: stopped ? 'stopped' : 'succeeded' };
    } catch (error) {
      return { status: stopped ? 'stopped' : 'failed', error: (error as Error).cause ?? error };
    } finally {
      renewal.cancel();
      await followed;
    }
  }

  async function follow(eventLogs: AsyncGenerator<{ type: string }>): Promise<void> {
    for await (const event of eventLogs) {
      if (event.type === 'StateEntered') {
        states.push((event as unknown as { state: { name: string } }).state.name);
        transitions += 1;
        events += 2;
      }
      if (event.type === 'StateRetried') transitions += 1;
    }
  }

  async function runToEnd(): Promise<ExecutionOutcome> {
    checkSize(context.input, 'input');
    for (;;) {
      const outcome = await runOnce();
      if (outcome !== 'renew') return outcome;
    }
  }

  return {
    states,
    get transitions() {
      return transitions;
    },
    outcome: runToEnd().catch((error: unknown) => ({ status: 'failed', error })),
    stop() {
      stopped = true;
      current?.abort();
    },
  };
}

interface WaitInput {
  readonly seconds?: number;
  readonly timestamp?: string;
}

function waitUntil({ seconds, timestamp }: WaitInput): Promise<Record<string, unknown>> {
  const untilMs = seconds === undefined ? Date.parse(timestamp ?? '') : Date.now() + seconds * 1000;
  if (Number.isNaN(untilMs)) throw new TerminalStatesError('States.Runtime', `Not a time to wait for: ${timestamp}`);
  return new Promise((resolve) => setAlarm(untilMs, () => resolve({})));
}

async function withinTimeout<T>(work: Promise<T>, timeoutSeconds: number | null, onTimeout: () => void): Promise<T> {
  if (timeoutSeconds === null) return await work;
  return await new Promise<T>((resolve, reject) => {
    const alarm = setAlarm(Date.now() + timeoutSeconds * 1000, () => {
      onTimeout();
      reject(new StatesTimeoutError(`The task took longer than ${timeoutSeconds} seconds.`));
    });
    work.then(resolve, reject).finally(() => alarm.cancel());
  });
}

function checkSize(value: unknown, what: 'input' | 'output'): void {
  if (Buffer.byteLength(JSON.stringify(value ?? null)) > LIMITS.stepFunctions.payloadBytes) {
    throw new TerminalStatesError('States.DataLimitExceeded', `The task's ${what} is over 256 KB.`);
  }
}
