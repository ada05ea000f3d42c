import { LIFECYCLE_DEFINITION } from '../../shared/lifecycle/definition.ts';
import type { ExecutionInput, LifecycleEngine } from '../../shared/ports/lifecycle-engine.ts';
import type { Clockwork } from './clockwork.ts';

type Invoke = (functionName: string, payload: unknown) => Promise<unknown>;
type Data = Record<string, unknown>;

interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly BackoffRate: number;
  readonly MaxAttempts: number;
  readonly MaxDelaySeconds: number;
}
interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Resource?: string;
  readonly Parameters?: Data;
  readonly OutputPath?: string;
  readonly TimeoutSeconds?: number;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
  readonly Choices?: readonly { readonly Variable: string; readonly StringEquals: string; readonly Next: string }[];
  readonly Default?: string;
}
const STATES = LIFECYCLE_DEFINITION.States as unknown as Record<string, State>;

export interface SimulatedExecution {
  readonly name: string;
  readonly input: ExecutionInput;
  readonly states: string[];
  retries: number;
  status: 'running' | 'succeeded' | 'failed';
  readonly startedAt: Date;
}

/** The state machine that is deployed, in virtual time. Retries come after their longest delay, without jitter. */
export class StateMachineInSimulation implements LifecycleEngine {
  readonly executions = new Map<string, SimulatedExecution>();
  readonly #waiting = new Map<string, (output: Data) => void>();
  readonly #clockwork: Clockwork;
  readonly #invoke: Invoke;
  readonly #onFailed: (execution: SimulatedExecution) => void;

  constructor(clockwork: Clockwork, invoke: Invoke, onFailed: (execution: SimulatedExecution) => void) {
    this.#clockwork = clockwork;
    this.#invoke = invoke;
    this.#onFailed = onFailed;
  }

  async start(name: string, input: ExecutionInput): Promise<'started' | 'already-exists'> {
    if (this.executions.has(name)) return 'already-exists';
    const startedAt = this.#clockwork.now();
    const execution: SimulatedExecution = { name, input, states: [], retries: 0, status: 'running', startedAt };
    this.executions.set(name, execution);
    this.#enter(execution, LIFECYCLE_DEFINITION.StartAt, { ...input });
    return 'started';
  }

  async describe(name: string): Promise<'running' | 'closed' | 'unknown'> {
    const execution = this.executions.get(name);
    if (!execution) return 'unknown';
    return execution.status === 'running' ? 'running' : 'closed';
  }

  async transitions(name: string): Promise<number | null> {
    const execution = this.executions.get(name);
    return execution ? 1 + execution.states.length + execution.retries : null;
  }

  async signal(token: string, output: Data): Promise<'delivered' | 'gone'> {
    const answer = this.#waiting.get(token);
    this.#waiting.delete(token);
    answer?.(output);
    return answer ? 'delivered' : 'gone';
  }

  /** Somebody stops an execution by hand: nothing of it goes on, its tokens are gone, and nobody is told. */
  abort(name: string): void {
    this.executions.get(name)!.status = 'failed';
    for (const token of this.#waiting.keys()) if (token.startsWith(`${name}/`)) this.#waiting.delete(token);
  }

  #enter(execution: SimulatedExecution, name: string, data: Data): void {
    execution.states.push(name);
    this.#clockwork.after(0, () => this.#run(execution, name, data, []));
  }

  async #run(execution: SimulatedExecution, name: string, data: Data, tries: number[]): Promise<void> {
    if (execution.status !== 'running') return;
    const state = STATES[name]!;
    switch (state.Type) {
      case 'Succeed':
        execution.status = 'succeeded';
        return;
      case 'Choice': {
        const choice = state.Choices!.find(({ Variable, StringEquals }) => data[Variable.slice(2)] === StringEquals);
        return this.#enter(execution, choice?.Next ?? state.Default!, data);
      }
      case 'Wait':
        this.#clockwork.at(new Date(String(data['until'])), async () => this.#enter(execution, state.Next!, data));
        return;
      default:
        return this.#task(execution, name, data, tries);
    }
  }

  async #task(execution: SimulatedExecution, name: string, data: Data, tries: number[]): Promise<void> {
    const state = STATES[name]!;
    const token = `${execution.name}/${execution.states.length}/${tries.length}/${crypto.randomUUID()}`;
    const { FunctionName, Payload } = fill(state.Parameters!, { data, input: execution.input, token }) as {
      FunctionName: string;
      Payload: unknown;
    };
    const waits = state.Resource!.endsWith('.waitForTaskToken');
    const goOn = (result: unknown) => {
      if (state.Next) this.#enter(execution, state.Next, state.OutputPath ? (result as Data) : data);
      else execution.status = 'succeeded';
    };
    const failed = (error: Error) => this.#failed(execution, name, data, tries, error);
    if (waits) this.#waiting.set(token, () => this.#clockwork.after(0, async () => goOn(null)));
    try {
      const result = await this.#invoke(FunctionName, Payload);
      if (!waits) goOn(result);
    } catch (error) {
      this.#waiting.delete(token);
      return failed(error as Error);
    }
    if (waits && state.TimeoutSeconds !== undefined && this.#waiting.has(token)) {
      this.#clockwork.after(state.TimeoutSeconds, async () => {
        if (this.#waiting.delete(token)) failed(Object.assign(new Error('timed out'), { name: 'States.Timeout' }));
      });
    }
  }

  #failed(execution: SimulatedExecution, name: string, data: Data, tries: number[], error: Error): void {
    const state = STATES[name]!;
    const matches = ({ ErrorEquals }: { ErrorEquals: readonly string[] }) =>
      ErrorEquals.includes(error.name) || ErrorEquals.includes('States.ALL');
    const place = (state.Retry ?? []).findIndex(matches);
    const retrier = state.Retry?.[place];
    const before = tries[place] ?? 0;
    if (retrier && before < retrier.MaxAttempts) {
      const again = [...tries];
      again[place] = before + 1;
      execution.retries += 1;
      const delay = Math.min(retrier.IntervalSeconds * retrier.BackoffRate ** before, retrier.MaxDelaySeconds);
      this.#clockwork.after(delay, () => this.#run(execution, name, data, again));
      return;
    }
    const caught = state.Catch?.find(matches);
    if (caught) this.#enter(execution, caught.Next, data);
    else {
      execution.status = 'failed';
      this.#onFailed(execution);
    }
  }
}

/** Parameters with `$.`, `$$.Execution.Input` and `$$.Task.Token` filled in: all that the definition uses. */
function fill(value: unknown, from: { data: Data; input: ExecutionInput; token: string }): unknown {
  if (typeof value !== 'object' || value === null) {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the definition's own placeholder
    return value === '${LifecycleFunction}' ? 'lifecycle' : value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      if (!key.endsWith('.$')) return [key, fill(item, from)];
      const path = String(item);
      const read =
        path === '$$.Execution.Input' ? from.input : path === '$$.Task.Token' ? from.token : from.data[path.slice(2)];
      return [key.slice(0, -2), read];
    }),
  );
}
