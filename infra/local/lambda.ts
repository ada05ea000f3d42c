import type { Context } from 'aws-lambda';
import { LIMITS } from './limits.ts';

// biome-ignore lint/suspicious/noExplicitAny: each function has its own event; only JSON passes
type Handler = (event: any, context: Context) => unknown;

/** A fault of the function itself, under the name by which Step Functions and API Gateway tell it. */
export class InvocationError extends Error {
  override readonly name: string;

  constructor(name: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = name;
  }
}

export interface FunctionOptions {
  /** As the function's time-out in AWS. @default 25, as of the deployed functions */
  readonly timeoutSeconds?: number;
}

export interface Functions {
  register(name: string, handler: Handler, options?: FunctionOptions): void;
  /**
   * Calls a function as Lambda's Invoke does: only JSON passes in and out, 6 MB at most each way, and it is given up when its
   * time is over. Throws what the function threw, or an `InvocationError`: `Lambda.ResourceNotFoundException`,
   * `RequestTooLarge`, `Function.ResponseSizeTooLarge`, `Sandbox.Timedout`.
   */
  invoke(name: string, payload: unknown): Promise<unknown>;
  /** Waits until no call is under way, at most this long. */
  settled(timeoutMs: number): Promise<void>;
}

/** The functions of this home, by name; `onInvoked` is told of each call when it ends. */
export function createFunctions(onInvoked: (name: string, milliseconds: number) => void = () => {}): Functions {
  const known = new Map<string, { handler: Handler; timeoutSeconds: number }>();
  const underWay = new Set<Promise<unknown>>();
  return {
    register(name, handler, options = {}) {
      known.set(name, { handler, timeoutSeconds: options.timeoutSeconds ?? 25 });
    },
    async invoke(name, payload) {
      const entry = known.get(name);
      if (!entry)
        throw new InvocationError('Lambda.ResourceNotFoundException', `There is no function named ${name} here.`);
      const event = JSON.stringify(payload ?? {});
      if (Buffer.byteLength(event) > LIMITS.lambda.payloadBytes) {
        throw new InvocationError('RequestTooLarge', `The event of ${name} is over 6 MB.`);
      }
      const begun = performance.now();
      const call = run(name, entry.handler, event, entry.timeoutSeconds);
      underWay.add(call);
      try {
        return await call;
      } finally {
        underWay.delete(call);
        onInvoked(name, performance.now() - begun);
      }
    },
    async settled(timeoutMs) {
      const limit = new Promise((done) => setTimeout(done, timeoutMs).unref());
      await Promise.race([Promise.allSettled([...underWay]), limit]);
    },
  };
}

async function run(name: string, handler: Handler, event: string, timeoutSeconds: number): Promise<unknown> {
  const endsAtMs = Date.now() + timeoutSeconds * 1000;
  const context = {
    functionName: name,
    awsRequestId: crypto.randomUUID(),
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => Math.max(0, endsAtMs - Date.now()),
  } as Context;
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new InvocationError('Sandbox.Timedout', `${name} did not answer within ${timeoutSeconds} seconds.`)),
      timeoutSeconds * 1000,
    );
  });
  try {
    const answer = await Promise.race([Promise.resolve().then(() => handler(JSON.parse(event), context)), timeout]);
    const text = JSON.stringify(answer ?? null);
    if (Buffer.byteLength(text) > LIMITS.lambda.payloadBytes) {
      throw new InvocationError('Function.ResponseSizeTooLarge', `The answer of ${name} is over 6 MB.`);
    }
    return JSON.parse(text);
  } finally {
    clearTimeout(timer);
  }
}
