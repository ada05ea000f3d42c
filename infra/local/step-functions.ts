import { join } from 'node:path';
import type { ExecutionStart, LifecycleEngine } from '../../shared/ports/lifecycle-engine.ts';
import { type Execution, runExecution } from './execution.ts';
import { openJournal } from './journal.ts';
import type { Functions } from './lambda.ts';
import { LIMITS } from './limits.ts';
import { compileStateMachine } from './state-machine.ts';

type Status = 'running' | 'succeeded' | 'failed';

interface Entry {
  readonly name: string;
  readonly atMs: number;
  /** With the entry of the start. */
  readonly input?: ExecutionStart;
  /** With the entry of the end. */
  readonly status?: Exclude<Status, 'running'>;
  readonly transitions?: number;
}

interface ExecutionRecord {
  readonly input: ExecutionStart;
  readonly status: Status;
  readonly startedAtMs: number;
  readonly endedAtMs?: number;
  readonly transitions?: number;
}

/** What became of an execution, for tests and the bench. `states` only of the home's present life. */
export interface ExecutionReport {
  readonly status: Status;
  readonly transitions: number;
  readonly states: readonly string[];
}

export interface LocalEngine extends LifecycleEngine {
  /** Runs everything that was running when the last home on this folder ended, from its start, and tells of what had failed. */
  resume(): void;
  report(name: string): ExecutionReport | null;
  /** Executions that have not ended. */
  readonly running: number;
  /** Lets go of all executions; they go on when the next home resumes them, as do those that are started from now on. */
  suspend(): void;
  close(): void;
}

export interface EngineOptions {
  readonly definition: object;
  readonly substitutions: Readonly<Record<string, string>>;
  readonly dataFolder: string;
  readonly functions: Functions;
  readonly log: (line: Record<string, unknown>) => void;
  /** Told of each execution that failed, as rules on EventBridge are in AWS; once more by the next home. @default nobody is */
  readonly onFailed?: (execution: FailedExecution) => Promise<unknown>;
}

export interface FailedExecution {
  readonly input: ExecutionStart;
  readonly seconds: number;
}

/**
 * Step Functions on this machine: the deployed definition in an interpreter, executions by unique name, task tokens. Name, input
 * and end of every execution are in a journal in the data folder, so that the next home runs again what had not ended; a token
 * of an earlier life is `gone`, as after a time-out.
 */
export function createEngine(options: EngineOptions): LocalEngine {
  const compiled = compileStateMachine(options.definition, options.substitutions);
  const records = new Map<string, ExecutionRecord>();
  const live = new Map<string, Execution>();
  const states = new Map<string, readonly string[]>();
  const tokens = new Map<string, (output: Record<string, unknown>) => void>();
  const journal = openJournal<Entry>(join(options.dataFolder, 'executions.jsonl'), (entries) => {
    for (const entry of entries) readEntry(records, entry);
    forgetOldNames(records, Date.now());
    return [...records].flatMap(([name, record]) => toEntries(name, record));
  });
  let suspended = false;

  function launch(name: string, input: ExecutionStart): void {
    if (suspended) return; // the next home resumes it
    const execution = runExecution(compiled, { name, input, functions: options.functions, tokens });
    live.set(name, execution);
    states.set(name, execution.states);
    void execution.outcome.then(({ status, error }) => {
      live.delete(name);
      if (status === 'stopped' || suspended) return;
      if (status === 'failed') {
        options.log({ level: 'ERROR', message: 'An execution failed.', execution: name, error: String(error) });
      }
      const entry = { name, atMs: Date.now(), status, transitions: execution.transitions };
      readEntry(records, entry);
      journal.append(entry);
      tellIfFailed(name);
    });
  }

  /** Whoever is told looks at the run afresh: it does not matter how often. */
  function tellIfFailed(name: string): void {
    const { status, input, startedAtMs, endedAtMs = startedAtMs } = records.get(name)!;
    if (status !== 'failed') return;
    options.onFailed?.({ input, seconds: (endedAtMs - startedAtMs) / 1000 }).catch((error: unknown) => {
      options.log({
        level: 'ERROR',
        message: 'Nobody saw to a failed execution.',
        execution: name,
        error: String(error),
      });
    });
  }

  return {
    async start(name, input) {
      if (name.length > LIMITS.stepFunctions.nameCharacters)
        throw new Error(`InvalidName: ${name} is over 80 characters.`);
      if (records.has(name)) return 'already-exists';
      const entry = { name, atMs: Date.now(), input };
      readEntry(records, entry);
      journal.append(entry);
      setImmediate(launch, name, input);
      return 'started';
    },
    async describe(name) {
      const record = records.get(name);
      return record ? (record.status === 'running' ? 'running' : 'closed') : 'unknown';
    },
    async transitions(name) {
      return this.report(name)?.transitions ?? null;
    },
    async signal(token, output) {
      const answer = tokens.get(token);
      if (!answer) return 'gone';
      answer(JSON.parse(JSON.stringify(output)) as Record<string, unknown>);
      return 'delivered';
    },
    resume() {
      for (const [name, record] of [...records]) {
        if (record.status === 'running' && !live.has(name)) launch(name, record.input);
        else tellIfFailed(name);
      }
    },
    report(name) {
      const record = records.get(name);
      if (!record) return null;
      const transitions = live.get(name)?.transitions ?? record.transitions ?? 1;
      return { status: record.status, transitions, states: states.get(name) ?? [] };
    },
    get running() {
      return [...records.values()].filter((record) => record.status === 'running').length;
    },
    suspend() {
      suspended = true;
      for (const execution of live.values()) execution.stop();
      tokens.clear();
    },
    close() {
      this.suspend();
      journal.close();
    },
  };
}

function readEntry(records: Map<string, ExecutionRecord>, entry: Entry): void {
  const known = records.get(entry.name);
  if (!known && entry.input) {
    records.set(entry.name, { input: entry.input, status: 'running', startedAtMs: entry.atMs });
  } else if (known && entry.status) {
    const { status, transitions } = entry;
    records.set(entry.name, { ...known, status, endedAtMs: entry.atMs, transitions });
  }
}

function toEntries(name: string, record: ExecutionRecord): Entry[] {
  const started: Entry = { name, atMs: record.startedAtMs, input: record.input };
  if (record.status === 'running') return [started];
  const { status, transitions } = record;
  return [started, { name, atMs: record.endedAtMs ?? record.startedAtMs, status, transitions }];
}

/** As in AWS, a name is free again 90 days after its execution ended. */
function forgetOldNames(records: Map<string, ExecutionRecord>, nowMs: number): void {
  for (const [name, record] of records) {
    if (record.endedAtMs !== undefined && nowMs - record.endedAtMs > LIMITS.stepFunctions.nameSeconds * 1000) {
      records.delete(name);
    }
  }
}
